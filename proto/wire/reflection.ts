import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loaderOptions } from './options.ts';

export const protoFiles = [
  'agent',
  'assignment',
  'attest',
  'fleet',
  'image',
  'instance',
  'pool',
  'preview',
  'telemetry',
].map((n) => `parbake/v1/${n}.proto`);

/** The directory that holds `parbake/v1`: `proto/` beside a bundle, the parent directory in a checkout. */
export function protoRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const besideBundle = join(here, 'proto');
  return existsSync(besideBundle) ? besideBundle : dirname(here);
}

/** As the files themselves name things, for server reflection. @param more proto files beside ours */
export function loadForReflection(more: readonly string[]): PackageDefinition {
  const files = [...protoFiles, ...more];
  return loadSync(files, { ...loaderOptions, keepCase: true, includeDirs: [protoRoot()] });
}
