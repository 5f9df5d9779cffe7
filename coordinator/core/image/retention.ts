import type { ImageBuild } from './image-build.ts';

const day = 86_400_000;

/** Images of a channel that may become current again, the present one included. */
const keptPerChannel = 3;
/** Milliseconds that a deprecated image, and the record of a failed build, is kept. */
const keptFor = 7 * day;

export interface Retention {
  /** Builds whose images are superseded. */
  deprecate: readonly string[];
  /** Builds whose images nothing needs any more. */
  remove: readonly string[];
  /** Failed builds that nobody will look at any more. */
  forget: readonly string[];
}

/**
 * Which images go. One that an instance runs from, a pool names, a launch asks for or a rollback may need is never removed.
 * @param used ids of images that something of this store needs
 */
export function retention(
  builds: readonly ImageBuild[],
  used: ReadonlySet<string>,
  steady: number,
): Retention {
  const channels = Map.groupBy(
    builds.filter(({ state }) => state === 'AVAILABLE'),
    ({ channel }) => channel,
  );
  const superseded = [...channels.values()].flatMap((images) =>
    images
      .toSorted(
        (a, b) =>
          Number(b.isCurrent) - Number(a.isCurrent) ||
          b.promotedTime - a.promotedTime ||
          b.createTime - a.createTime,
      )
      .slice(keptPerChannel),
  );
  const isOld = ({ stateSteady }: ImageBuild): boolean => steady - stateSteady > keptFor;
  const ids = (found: readonly ImageBuild[]): string[] => found.map(({ buildId }) => buildId);
  const old = builds.filter(isOld);
  return {
    // One that was built an hour ago waits for its promotion.
    deprecate: ids(superseded.filter(isOld)),
    remove: ids(old.filter(({ state, imageId }) => state === 'DEPRECATED' && !used.has(imageId))),
    forget: ids(old.filter(({ state }) => state === 'FAILED')),
  };
}
