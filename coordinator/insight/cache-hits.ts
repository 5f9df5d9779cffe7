/** How many of some things were there already. */
export interface Hits {
  hits: number;
  of: number;
}

interface Pulled {
  ref: string;
  atBake: boolean;
  layers: readonly { cached: boolean }[];
}

/** @returns how many of the images that containers were started from had not to be pulled here */
export function imageHits(starts: readonly { image: string }[], pulls: readonly Pulled[]): Hits {
  const needed = new Set(starts.map(({ image }) => image));
  const here = new Set(pulls.filter(({ atBake }) => !atBake).map(({ ref }) => ref));
  return { hits: [...needed].filter((image) => !here.has(image)).length, of: needed.size };
}

/** @returns how many layers of the images that were pulled here were on the disk before */
export function layerHits(pulls: readonly Pulled[]): Hits {
  const layers = pulls.filter(({ atBake }) => !atBake).flatMap((pull) => pull.layers);
  return { hits: layers.filter(({ cached }) => cached).length, of: layers.length };
}

/** The part of a start's reads that is compared; see StartReads and Span in telemetry.proto. */
interface Read {
  assignmentId: string;
  usedBytes?: number | undefined;
}
interface Moved {
  name: string;
  assignmentId: string;
  io?: { diskReadBytes?: number | undefined } | null;
}

/**
 * Computes which share of the bytes that a start used came from the page cache, 0 to 1. It is a lower bound: everything
 * that the host read from its disk meanwhile counts against it.
 * @returns undefined when the kernel did not tell what was used, or nothing was
 */
export function pageCacheHit({ assignmentId, usedBytes }: Read, spans: readonly Moved[]): number | undefined {
  const span = spans.find((one) => one.name === 'assignment' && one.assignmentId === assignmentId);
  const read = span?.io?.diskReadBytes;
  if (assignmentId === '' || usedBytes === undefined || usedBytes <= 0 || read === undefined)
    return undefined;
  return Math.max(0, 1 - read / usedBytes);
}
