import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, release, totalmem } from 'node:os';
import type { InstanceFacts } from '../../proto/gen/parbake/v1/InstanceFacts.ts';
import { packageVersion } from '../../proto/process/version.ts';
import type { Manifest } from '../core/manifest.ts';
import type { EngineIdentity } from '../docker/containers.ts';
import type { Root } from '../host/root.ts';
import type { Identity } from './identity.ts';

/** What the coordinator is told at check-in, but for the address: from the kernel and files alone, since a user may be waiting. */
export async function readFacts(
  { instanceId, bootId, metadata }: Identity,
  engine: EngineIdentity,
  manifest: Manifest | undefined,
  root: Root,
): Promise<Omit<InstanceFacts, 'privateIpv4' | 'powersOff'>> {
  const machineId = (await readFile(root.path('/etc/machine-id'), 'utf8').catch(() => '')).trim();
  const isMade = machineId !== '' && machineId !== 'uninitialized';
  return {
    instanceId,
    bootId,
    publicIpv4: metadata?.publicIpv4 ?? '',
    instanceType: metadata?.instanceType ?? '',
    imageId: metadata?.imageId ?? '',
    availabilityZone: metadata?.availabilityZone ?? '',
    region: metadata?.region ?? '',
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
