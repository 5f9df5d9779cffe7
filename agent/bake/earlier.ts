import type { Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { removeManifest } from '../manifest/write.ts';
import { removeRecordings } from './record-starts.ts';
import { readManifest } from '../manifest/read.ts';

/** What an earlier bake left on this root. */
export interface EarlierBake {
  /** Absent when there is none, or when it cannot be parsed. */
  manifest?: Manifest | undefined;
  isSealed: boolean;
  /** Whether `remove` was called. */
  readonly isRemoved: boolean;
  /**
   * Removes the manifest, and the recordings, which hold for the earlier bake's blocks and images. From here on nothing
   * says what is in the image until this bake does. Does it once, however often it is called.
   */
  remove(): Promise<void>;
}

export async function earlierBake(root: Root): Promise<EarlierBake> {
  // A broken one is replaced like a good one.
  const manifest = await readManifest(root).catch(() => undefined);
  let removal: Promise<void> | undefined;
  const remove = async (): Promise<void> => {
    await removeManifest(root);
    await removeRecordings(root);
  };
  return {
    manifest,
    isSealed: (manifest?.seal ?? null) !== null,
    get isRemoved() {
      return removal !== undefined;
    },
    remove: () => (removal ??= remove()),
  };
}

/**
 * Whether a bake would only write the earlier manifest again. When it was and how long
 * things took then does not count.
 */
export function saysTheSame(
  earlier: Manifest,
  now: Omit<Manifest, 'bakeId' | 'startedAt' | 'createdAt' | 'disk' | 'seal'>,
): boolean {
  return earlier.seal === null && lasting(earlier) === lasting(now);
}

/** @returns text that is equal when what lasts is */
function lasting(manifest: Partial<Manifest>): string {
  const passing = new Set([
    ...['bakeId', 'startedAt', 'createdAt', 'seal', 'disk'],
    ...['pulledAt', 'pullMs', 'retries', 'verification'],
    ...['cached', 'downloadStartMs', 'downloadMs', 'extractStartMs', 'extractMs'],
  ]);
  return JSON.stringify(manifest, (key, value: unknown) => {
    if (passing.has(key)) return undefined;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    // The order of members does not matter.
    return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });
}
