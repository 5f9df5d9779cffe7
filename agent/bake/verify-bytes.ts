import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { chainIds } from '../core/image/layer-chain.ts';
import type { BakedImage, Verification } from '../core/manifest.ts';
import { mergedFiles } from '../core/image/merged-files.ts';
import type { DockerClient } from '../docker/client.ts';
import type { EngineFacts, LocalImage } from '../docker/engine.ts';
import { readLayer } from '../docker/disk/layer-files.ts';
import { readSavedImage, readUnpackedFiles, type SavedImage } from '../docker/saved-image.ts';

export interface ByteVerification {
  client: DockerClient;
  facts: Pick<EngineFacts, 'imageStore' | 'storageDriver'>;
  /** Docker's data root on this machine. */
  dataRoot: string;
  clock: () => number;
  now: () => Date;
  signal: AbortSignal;
}

/** Checks the bytes of one image after the other. A layer that several images share is read once. */
export class ByteVerifier {
  readonly #options: ByteVerification;
  /** Layers that were found whole, by chain id. */
  readonly #whole = new Set<string>();

  constructor(options: ByteVerification) {
    this.#options = options;
  }

  /**
   * Reads every byte of an image on the Engine's disk.
   * @param name by which the Engine finds it
   * @throws ParbakeError IMAGE_CORRUPT naming the layer and the files; as the Engine's calls do
   */
  async verify(image: BakedImage, name: string, local: LocalImage): Promise<Verification> {
    const { clock, now } = this.#options;
    const began = clock();
    const { method, bytes } = await this.#read(image, name, local);
    return { method, result: 'ok', at: now().toISOString(), ms: Math.round(clock() - began), bytes };
  }

  async #read(
    { ref, configDigest }: BakedImage,
    name: string,
    local: LocalImage,
  ): Promise<Pick<Verification, 'method' | 'bytes'>> {
    const { client, facts, signal } = this.#options;
    if (facts.imageStore === 'containerd') return await this.#readContainerd(ref, name, local, configDigest);
    const read = await this.#readLayers(ref, local);
    if (read !== undefined) return { method: 'tar-split', bytes: read };
    const saved = await readSavedImage(client, name, false, signal).catch((cause: unknown) => {
      throw corruptBySave(ref, cause);
    });
    refuseBroken(ref, saved, local, local.id);
    return { method: 'save', bytes: saved.sizeBytes };
  }

  /** @returns bytes read; undefined where the layers' files cannot be read from here */
  async #readLayers(ref: string, { diffIds }: LocalImage): Promise<number | undefined> {
    const { dataRoot, facts, signal } = this.#options;
    let bytes = 0;
    for (const [index, chain] of chainIds(diffIds).entries()) {
      if (this.#whole.has(chain)) continue;
      const diffId = diffIds[index] ?? '';
      const { storageDriver } = facts;
      const content = await readLayer({ dataRoot, storageDriver }, { chain, diffId }, signal);
      if (content === undefined) return undefined;
      if (content.digest !== diffId)
        throw corrupt(
          ref,
          `layer ${diffId} is ${content.digest} on the disk; ${changedText(content.changed)}`,
        );
      this.#whole.add(chain);
      bytes += content.sizeBytes;
    }
    return bytes;
  }

  /** Packed content and unpacked files are two copies here, and containers use the second. */
  async #readContainerd(ref: string, name: string, local: LocalImage, config: string | undefined) {
    const { client, signal } = this.#options;
    const saved = await readSavedImage(client, name, true, signal).catch((cause: unknown) => {
      throw corruptBySave(ref, cause);
    });
    refuseBroken(ref, saved, local, config);
    const wanted = mergedFiles(saved.layers.map(({ files }) => files));
    const found = await readUnpackedFiles(client, name, signal);
    const changed = [...wanted].filter(([path, sha256]) => !isDockers(path) && found.get(path) !== sha256);
    if (changed.length > 0)
      throw corrupt(
        ref,
        `its unpacked files differ from its layers; ${changedText(changed.map(([path]) => path))}`,
      );
    return { method: 'containerd' as const, bytes: saved.sizeBytes };
  }
}

/** Docker puts its own over these in every container. */
function isDockers(path: string): boolean {
  const own = ['.dockerenv', 'etc/hostname', 'etc/hosts', 'etc/resolv.conf', 'etc/mtab', 'dev/console'];
  return own.includes(path) || /^(?:proc|sys|dev)\//.test(path);
}

function refuseBroken(
  ref: string,
  saved: SavedImage,
  { diffIds }: LocalImage,
  config: string | undefined,
): void {
  const [broken] = saved.broken;
  if (broken !== undefined) throw corrupt(ref, `${broken} has another digest than its name says`);
  if (config !== undefined && `sha256:${saved.config}` !== config)
    throw corrupt(ref, `its configuration is sha256:${saved.config} and not ${config}`);
  for (const [index, diffId] of diffIds.entries()) {
    const found = saved.layers[index]?.diffId;
    if (found !== diffId) throw corrupt(ref, `layer ${diffId} is ${found ?? 'missing'}`);
  }
}

/** An Engine that finds a changed file itself says so in words. */
function corruptBySave(ref: string, cause: unknown): unknown {
  const { code, message } = toParbakeError(cause);
  const isDamage =
    code === 'DOCKER_FAILED' &&
    /is damaged: |checksum|unexpected EOF|no such file|ends in the middle|damaged one/i.test(message);
  return isDamage ? corrupt(ref, message) : cause;
}

function corrupt(ref: string, how: string): ParbakeError {
  return new ParbakeError('IMAGE_CORRUPT', `${ref} is not what was pulled: ${how}`);
}

/** Files that an error names: enough to see what they have in common. */
const maxNamed = 5;

function changedText(files: readonly string[]): string {
  if (files.length === 0) return 'no file of it differs by its checksum';
  const named = files.slice(0, maxNamed).map((file) => `/${file.replace(/^(?:\.?\/)+/, '')}`);
  const more = files.length - named.length;
  return `changed: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
