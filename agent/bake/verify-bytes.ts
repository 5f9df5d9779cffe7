import { setImmediate } from 'node:timers/promises';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { chainIds } from '../core/image/layer-chain.ts';
import type { BakedImage, Verification } from '../core/manifest.ts';
import { MergedFiles, type LowerLinks } from '../core/image/merged-files.ts';
import type { DockerClient } from '../docker/client.ts';
import type { EngineFacts, LocalImage } from '../docker/engine.ts';
import { statusOf } from '../docker/errors.ts';
import { readLayer } from '../docker/disk/layer-files.ts';
import { readSavedImage, readUnpackedFiles, type SavedImage } from '../docker/saved-image.ts';

export interface ByteVerification {
  client: DockerClient;
  facts: Pick<EngineFacts, 'imageStore' | 'storageDriver'>;
  /** Docker's data root on this machine. */
  dataRoot: string;
  /** Longest silence of the Engine, milliseconds. */
  silenceMs: number;
  clock: () => number;
  now: () => Date;
  signal: AbortSignal;
}

/** What was read of an image, and why it cannot be compared where that is so. Damage is an error. */
type Reading = Pick<Verification, 'method' | 'bytes'> & { incomparable?: string[] };

/** Checks the bytes of one image after the other. A layer that several images share is read once. */
export class ByteVerifier {
  readonly #options: ByteVerification;
  /** Layers without damage by chain id, each with the reasons why it cannot be compared. */
  readonly #read = new Map<string, string[]>();

  constructor(options: ByteVerification) {
    this.#options = options;
  }

  /**
   * Reads every byte of an image on the Engine's disk. There are three verdicts: verified, cannot be compared, and damaged.
   * @param name by which the Engine finds it
   * @returns the first two; nothing is known to be wrong with an image that cannot be compared
   * @throws ParbakeError IMAGE_CORRUPT naming the layer and the files; as the Engine's calls do
   */
  async verify(image: BakedImage, name: string, local: LocalImage): Promise<Verification> {
    const { clock, now } = this.#options;
    const began = clock();
    const { method, bytes, incomparable = [] } = await this.#readImage(image, name, local);
    const measured = { at: now().toISOString(), ms: Math.round(clock() - began), bytes };
    if (incomparable.length === 0) return { method, result: 'ok', ...measured };
    return { method, result: 'incomparable', reason: [...new Set(incomparable)].join('; '), ...measured };
  }

  async #readImage({ ref, configDigest }: BakedImage, name: string, local: LocalImage): Promise<Reading> {
    const { facts } = this.#options;
    if (facts.imageStore === 'containerd') return await this.#readContainerd(ref, name, local, configDigest);
    const read = await this.#readLayers(ref, local);
    if (read !== undefined) return read;
    const saved = await readSavedImage(this.#options, name, false).catch((cause: unknown) =>
      unsaved(ref, cause),
    );
    if ('incomparable' in saved) return { method: 'save', bytes: 0, ...saved };
    refuseBroken(ref, saved, local, local.id);
    const incomparable = saved.missing.length === 0 ? [] : [missingText(saved.missing)];
    return { method: 'save', bytes: saved.sizeBytes, incomparable };
  }

  /** @returns undefined where the layers' files cannot be read from here */
  async #readLayers(ref: string, { diffIds }: LocalImage): Promise<Reading | undefined> {
    const { dataRoot, facts, signal } = this.#options;
    const { storageDriver } = facts;
    const chains = chainIds(diffIds);
    const incomparable: string[] = [];
    let bytes = 0;
    for (const [index, chain] of chains.entries()) {
      const known = this.#read.get(chain);
      if (known !== undefined) {
        incomparable.push(...known);
        continue;
      }
      const diffId = diffIds[index] ?? '';
      const wanted = { chain, below: chains.slice(0, index), diffId };
      const content = await readLayer({ dataRoot, storageDriver }, wanted, signal).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw corrupt(ref, `the record of layer ${diffId}: ${reasonOf(cause)}`);
      });
      if (content === undefined) return undefined;
      const isExplained = content.incomparable.length > 0 && content.changed.length === 0;
      if (content.digest !== diffId && !isExplained)
        throw corrupt(
          ref,
          `layer ${diffId}, which is ${content.digest} now: ${changedText(content.changed)}`,
        );
      const reasons = content.incomparable.map((reason) => `layer ${diffId}: ${reason}`);
      this.#read.set(chain, reasons);
      incomparable.push(...reasons);
      bytes += content.sizeBytes;
    }
    return { method: 'tar-split', bytes, incomparable };
  }

  /** Packed content and unpacked files are two copies here, and containers use the second. */
  async #readContainerd(
    ref: string,
    name: string,
    local: LocalImage,
    config: string | undefined,
  ): Promise<Reading> {
    const { signal } = this.#options;
    const saved = await readSavedImage(this.#options, name, true).catch((cause: unknown) =>
      unsaved(ref, cause),
    );
    if ('incomparable' in saved) return { method: 'containerd', bytes: 0, ...saved };
    const read = { method: 'containerd' as const, bytes: saved.sizeBytes };
    refuseBroken(ref, saved, local, config);
    if (saved.missing.length > 0) return { ...read, incomparable: [missingText(saved.missing)] };
    const found = await readUnpackedFiles(this.#options, name).catch((cause: unknown) => {
      if (!isRefused(cause)) throw cause;
      return { incomparable: [`Docker cannot show its unpacked files: ${reasonOf(cause)}`] };
    });
    if ('incomparable' in found) return { ...read, ...found };
    // Which of the two an Engine does depends on its release and its snapshotter.
    const changed = await changedFiles(saved, found, 'replaced', signal);
    const others = changed.length === 0 ? [] : await changedFiles(saved, found, 'followed', signal);
    if (changed.length > 0 && others.length > 0)
      throw corrupt(ref, `its unpacked files, which differ from its layers: ${changedText(others)}`);
    return read;
  }
}

async function changedFiles(
  { layers }: SavedImage,
  found: ReadonlyMap<string, string>,
  lowerLinks: LowerLinks,
  signal: AbortSignal,
): Promise<string[]> {
  const merged = new MergedFiles(lowerLinks);
  for (const { entries } of layers) {
    merged.add(entries);
    // An image may have a hundred layers with thousands of files each, and an interruption counts at once.
    await setImmediate();
    signal.throwIfAborted();
  }
  const differing = [...merged.files()].filter(
    ([path, sha256]) => !isDockers(path) && found.get(path) !== sha256,
  );
  return differing.map(([path]) => path);
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
  if (broken !== undefined) throw corrupt(ref, `${broken}, which has another digest than its name says`);
  if (config !== undefined && saved.config !== undefined && `sha256:${saved.config}` !== config)
    throw corrupt(ref, `its configuration, which is sha256:${saved.config} and not ${config}`);
  if (saved.missing.length > 0) return;
  for (const [index, diffId] of diffIds.entries()) {
    const found = saved.layers[index]?.diffId;
    if (found !== diffId) throw corrupt(ref, `layer ${diffId}, which is ${found ?? 'missing'}`);
  }
}

/**
 * Why an Engine did not send an image. It says in words that it found a changed file itself; that it cannot put a layer
 * together again for another reason, or does not know how to send this image, tells nothing about the disk.
 */
function unsaved(ref: string, cause: unknown): { incomparable: string[] } {
  const { code, message } = toParbakeError(cause);
  if (
    code === 'DOCKER_FAILED' &&
    /is damaged: |integrity checksum failed|unexpected EOF|ends in the middle|damaged one/i.test(message)
  )
    throw corrupt(ref, message);
  if (!isRefused(cause)) throw cause;
  return { incomparable: [message] };
}

function missingText(layers: readonly string[]): string {
  return `Docker keeps no packed copy of ${layers.join(', ')}`;
}

/** The Engine answered, and did not just break off or fall silent. */
function isRefused(cause: unknown): boolean {
  return statusOf(cause) !== undefined && toParbakeError(cause).code !== 'DISK_FULL';
}

function corrupt(ref: string, where: string): ParbakeError {
  return new ParbakeError('IMAGE_CORRUPT', `${ref} is damaged at ${where}`);
}

/** Files that an error names: enough to see what they have in common. */
const maxNamed = 5;

function changedText(files: readonly string[]): string {
  if (files.length === 0) return 'no file differs by its checksum';
  const named = files.slice(0, maxNamed).map((file) => `/${file.replace(/^(?:\.?\/)+/, '')}`);
  const more = files.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
