import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProtoGrpcType as AgentTypes } from './gen/agent.ts';
import type { ProtoGrpcType as AssignmentTypes } from './gen/assignment.ts';
import type { ProtoGrpcType as FleetTypes } from './gen/fleet.ts';
import type { ProtoGrpcType as TelemetryTypes } from './gen/telemetry.ts';
import { loaderOptions } from './options.ts';

const protoFiles = ['agent', 'assignment', 'fleet', 'instance', 'telemetry'].map(
  (n) => `parbake/v1/${n}.proto`,
);

/** The directory that holds `parbake/v1`: this one in a checkout, `proto/` beside a bundle. */
function protoRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return existsSync(join(here, 'parbake')) ? here : join(here, 'proto');
}

/** As the files themselves name things, for server reflection. @param more proto files beside ours */
export function loadForReflection(more: readonly string[]): PackageDefinition {
  const files = [...protoFiles, ...more];
  return loadSync(files, { ...loaderOptions, keepCase: true, includeDirs: [protoRoot()] });
}

type ParbakeTypes = AgentTypes & AssignmentTypes & FleetTypes & TelemetryTypes;

let loaded: ParbakeTypes['parbake']['v1'] | undefined;

/** The typed client constructors and service definitions of parbake.v1; read once, which takes some 20 ms. */
export function parbakeV1(): ParbakeTypes['parbake']['v1'] {
  if (loaded !== undefined) return loaded;
  const definition = loadSync(protoFiles, { ...loaderOptions, includeDirs: [protoRoot()] });
  loaded = (loadPackageDefinition(definition) as unknown as ParbakeTypes).parbake.v1;
  return loaded;
}
