import { createHash } from 'node:crypto';
import type { Builder, BuilderInstance } from '../core/manifest.ts';
import { parseOsRelease } from '../core/os-release.ts';
import type { EngineFacts } from '../docker/engine.ts';
import { buildxVersion } from '../host/buildx.ts';
import type { InstanceMetadata } from '../host/imds.ts';
import type { Root } from '../host/root.ts';
import { belowRoot } from '../docker/disk/data-root.ts';
import { readRegularText } from '../host/regular-file.ts';

/**
 * Facts of the machine that an image was baked on.
 * @param isDataDiskImaged what the operator says about a disk of Docker's own
 * @param metadata absent outside EC2
 */
export async function builderFacts(
  root: Root,
  facts: EngineFacts,
  isDataDiskImaged: boolean,
  metadata: InstanceMetadata | undefined,
  signal: AbortSignal,
): Promise<Builder> {
  const { containerdVersion, runcVersion } = facts;
  // Programs below another root may be for another machine.
  const buildx = root.dir === '/' ? await buildxVersion(signal) : undefined;
  const system = parseOsRelease(await readRegularText(root.path('/etc/os-release')).catch(() => ''));
  return {
    engineIdSha256: createHash('sha256').update(facts.engineId).digest('hex'),
    engineVersion: facts.version,
    apiVersion: facts.apiVersion,
    containerdVersion: containerdVersion || undefined,
    runcVersion: runcVersion || undefined,
    buildxVersion: buildx,
    storageDriver: facts.storageDriver,
    imageStore: facts.imageStore,
    userNamespaces: facts.userNamespaces,
    dataRoot: belowRoot(root, facts.dataRoot) ?? facts.dataRoot,
    ...(isDataDiskImaged ? { dataDiskImaged: true } : {}),
    architecture: facts.architecture,
    kernel: facts.kernel,
    system,
    instance: metadata === undefined ? undefined : instanceOf(metadata),
  };
}

function instanceOf({ instanceId, instanceType, imageId, region }: InstanceMetadata): BuilderInstance {
  return {
    id: instanceId,
    type: instanceType || undefined,
    sourceImageId: imageId || undefined,
    region: region || undefined,
  };
}
