import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loaderOptions } from './options.ts';

export const protoFiles = ['agent', 'assignment', 'fleet', 'instance', 'telemetry'].map(
  (n) => `parbake/v1/${n}.proto`,
);

/** The directory that holds `parbake/v1`: this one in a checkout, `proto/` beside a bundle. */
export function protoRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return existsSync(join(here, 'parbake')) ? here : join(here, 'proto');
}

/** As the files themselves name things, for server reflection. @param more proto files beside ours */
export function loadForReflection(more: readonly string[]): PackageDefinition {
  const files = [...protoFiles, ...more];
  return loadSync(files, { ...loaderOptions, keepCase: true, includeDirs: [protoRoot()] });
}
