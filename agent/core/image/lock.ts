import { ParbakeError } from '../../../proto/errors/errors.ts';
import { digestProblem, formatRef } from '../../../proto/recipe/image-ref.ts';
import { nearest } from '../../../proto/errors/nearest.ts';
import type { RecipeImage } from '../../../proto/recipe/images.ts';
import { isObject, parseJsonOr } from '../json.ts';

/** Which images a recipe's references stood for when they were first baked: `parbake.lock`, kept beside the recipe. */
export interface Lock {
  /** Keyed by full reference, such as `docker.io/library/redis:7`. */
  images: Map<string, LockedImage>;
}

export interface LockedImage {
  /** Digest of the index or manifest that the tag stood for. This is what is pulled. */
  digest: string;
  /** Keyed by `os/architecture[/variant]`; a bake adds its own. */
  platforms: Map<string, LockedPlatform>;
}

export interface LockedPlatform {
  /** Digest of the platform's own manifest. */
  digest: string;
  /** Digest of the image's configuration. */
  config: string;
}

const lockVersion = 1;

/** Returns the name of a recipe's entry in a lock. */
export function lockName({ image: { domain, path, tag, digest } }: RecipeImage): string {
  if (tag !== undefined) return formatRef({ domain, path, tag });
  return formatRef(digest === undefined ? { domain, path, tag: 'latest' } : { domain, path, digest });
}

/**
 * Finds the entry for an image of a recipe.
 * @returns undefined when there is none, or when the recipe now pins another digest
 */
export function lockedImage(lock: Lock, image: RecipeImage): LockedImage | undefined {
  const locked = lock.images.get(lockName(image));
  const isContradicted = image.digest !== undefined && image.digest !== locked?.digest;
  return isContradicted ? undefined : locked;
}

/**
 * Describes each difference between a recipe and a lock.
 * @param platformOf what an image is baked for; undefined for one that is not baked
 */
export function lockDifferences(
  lock: Lock,
  images: readonly RecipeImage[],
  platformOf: (image: RecipeImage) => string | undefined,
): string[] {
  const differences = images.flatMap((image) => {
    const name = lockName(image);
    const locked = lock.images.get(name);
    if (locked === undefined) return [`${name} is not in it`];
    if (lockedImage(lock, image) === undefined)
      return [`${name} is ${locked.digest} in it, and the recipe pins ${image.digest ?? ''}`];
    const platform = platformOf(image);
    const isThere = platform === undefined || locked.platforms.has(platform);
    return isThere ? [] : [`${name} is not in it for ${platform}`];
  });
  const names = new Set(images.map(lockName));
  const stale = [...lock.images.keys()].filter((name) => !names.has(name));
  return [...differences, ...stale.map((name) => `${name} is in it, and not in the recipe`)];
}

/** Writes a lock, sorted and with one value a line, so that a change is easy to review. */
export function formatLock(lock: Lock): string {
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const images = sorted(lock.images).map(([name, { digest, platforms }]) => [
    name,
    { digest, platforms: Object.fromEntries(sorted(platforms)) },
  ]);
  return `${JSON.stringify({ lockVersion, images: Object.fromEntries(images) as object }, null, 2)}\n`;
}

/**
 * @param file its name in messages
 * @throws ParbakeError LOCK_INVALID, which says where
 */
export function parseLock(text: string, file: string): Lock {
  const refuse = (what: string): never => {
    throw new ParbakeError('LOCK_INVALID', `${file}: ${what}`);
  };
  if (/^(?:<{7}|={7}|>{7})/m.test(text)) refuse('it has the marks of a merge that was not finished');
  const value = parseJsonOr(text, refuse);
  const top = members(value, 'the lock', ['lockVersion', 'images'], refuse);
  if (top['lockVersion'] !== lockVersion)
    refuse(
      `lockVersion ${JSON.stringify(top['lockVersion'])} is not known; this version reads ${lockVersion}`,
    );
  const images = Object.entries(objectOf(top['images'], 'images', refuse)).map(([name, entry]) => {
    const { digest, platforms } = members(entry, name, ['digest', 'platforms'], refuse);
    return [
      name,
      {
        digest: digestOf(digest, `digest of ${name}`, refuse),
        platforms: new Map(
          Object.entries(objectOf(platforms, `platforms of ${name}`, refuse)).map(([platform, of]) => {
            const what = `${name} for ${platform}`;
            if (!/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/.test(platform))
              refuse(`"${platform}" is not a platform`);
            const { digest: own, config } = members(of, what, ['digest', 'config'], refuse);
            return [
              platform,
              {
                digest: digestOf(own, `digest of ${what}`, refuse),
                config: digestOf(config, `config of ${what}`, refuse),
              },
            ];
          }),
        ),
      },
    ] as const;
  });
  return { images: new Map(images) };
}

type Refuse = (what: string) => never;

function members(
  value: unknown,
  what: string,
  known: readonly string[],
  refuse: Refuse,
): Record<string, unknown> {
  const object = objectOf(value, what, refuse);
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    refuse(`unknown key "${key}" in ${what}${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  return object;
}

function objectOf(value: unknown, what: string, refuse: Refuse): Record<string, unknown> {
  return isObject(value) ? value : refuse(`${what} must be a mapping`);
}

function digestOf(value: unknown, what: string, refuse: Refuse): string {
  if (typeof value !== 'string') return refuse(`${what} must be a text`);
  const problem = digestProblem(value);
  return problem === undefined ? value : refuse(`${what}: ${problem}`);
}
