import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, networkInterfaces, release, totalmem } from 'node:os';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { InstanceFacts } from '../../proto/gen/parbake/v1/InstanceFacts.ts';
import { packageVersion } from '../../proto/process/version.ts';
import type { Manifest } from '../core/manifest.ts';
import type { EngineIdentity } from '../docker/containers.ts';
import { imdsAddress, readInstanceMetadata } from '../host/imds.ts';
import { defaultInterface } from '../host/io.ts';
import type { Root } from '../host/root.ts';

export interface IdentitySource {
  /** The URL of the metadata service, or `off`. */
  imds: string;
  /** `--instance-id`. */
  instanceId: string | undefined;
  /** `--address`. */
  address: string | undefined;
}

/** Who this machine is, before Docker is asked. @throws ParbakeError INSTANCE_ID_UNKNOWN */
export async function readIdentity(source: IdentitySource, signal: AbortSignal) {
  const metadata =
    source.imds === 'off' ? undefined : await readInstanceMetadata(source.imds || imdsAddress, signal);
  const instanceId = metadata?.instanceId ?? source.instanceId;
  if (instanceId === undefined)
    throw new ParbakeError(
      'INSTANCE_ID_UNKNOWN',
      `the metadata service ${source.imds === 'off' ? 'is off' : 'does not answer'} and no --instance-id was given`,
    );
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const address = source.address ?? metadata?.privateIpv4 ?? (await defaultAddress());
  return {
    instanceId,
    bootId,
    privateIpv4: address,
    publicIpv4: metadata?.publicIpv4 ?? '',
    instanceType: metadata?.instanceType ?? '',
    imageId: metadata?.imageId ?? '',
    availabilityZone: metadata?.availabilityZone ?? '',
    region: metadata?.region ?? '',
  };
}

/** What the coordinator is told at check-in: from the kernel and files alone, since a user may be waiting. */
export async function readFacts(
  identity: Awaited<ReturnType<typeof readIdentity>>,
  engine: EngineIdentity,
  manifest: Manifest | undefined,
  root: Root,
): Promise<InstanceFacts> {
  const machineId = (await readFile(root.path('/etc/machine-id'), 'utf8').catch(() => '')).trim();
  const isMade = machineId !== '' && machineId !== 'uninitialized';
  return {
    ...identity,
    engineId: engine.id,
    engineVersion: engine.version,
    // The machine id itself is confidential; a keyed hash can be compared and nothing else.
    machineIdHash: isMade ? createHmac('sha256', 'parbake machine-id').update(machineId).digest('hex') : '',
    architecture: { x64: 'amd64', arm64: 'arm64' }[arch() as string] ?? arch(),
    kernel: release(),
    os: systemName(await readFile(root.path('/etc/os-release'), 'utf8').catch(() => '')),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    agentVersion: packageVersion(),
    bakeId: manifest?.bakeId ?? '',
    builderEngineIdHash: manifest?.builder.engineIdSha256 ?? '',
  };
}

/** @param text of os-release(5). @returns such as `Debian GNU/Linux 12 (bookworm)`; empty when it does not say */
export function systemName(text: string): string {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? '';
}

/** The address of the interface that the default route uses. */
async function defaultAddress(): Promise<string> {
  const name = defaultInterface(await readFile('/proc/net/route', 'utf8').catch(() => '')) ?? '';
  return networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')?.address ?? '';
}
