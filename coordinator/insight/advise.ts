import { defined } from '../../proto/errors/defined.ts';

/** The part of a pull that the advice needs; see Pull in telemetry.proto. */
export interface AdvisedPull {
  ref: string;
  digest: string;
  /** Unpacked. */
  sizeBytes: number;
  /** Since the epoch. */
  startMs: number;
  pullMs: number;
  atBake: boolean;
  layers: readonly AdvisedLayer[];
}

export interface AdvisedLayer {
  digest: string;
  /** Compressed. */
  sizeBytes?: number;
  downloadMs?: number;
  extractMs?: number;
  cached: boolean;
}

/** The part of an instance that the advice needs. */
export interface AdvisedInstance {
  instanceId: string;
  pulls: readonly AdvisedPull[];
  /** When users' containers were started. */
  starts: readonly { image: string; startMs: number }[];
}

export interface AdviceOptions {
  /** Since the epoch. */
  nowMs: number;
  /** Unpacked bytes that may be baked in addition. Absent: no limit. */
  budgetBytes?: number;
  /** A baked image that was not started for this long is unused. */
  unusedMs: number;
  /** Pulls of this long count. */
  windowMs: number;
}

/** An image that instances pulled for themselves. */
export interface Candidate {
  ref: string;
  digest: string;
  /** Instances that pulled it, and pulls, in the window. */
  instances: number;
  pulls: number;
  /** How long all these pulls took together. */
  savedMs: number;
  sizeBytes: number;
  /** Bytes that it adds to what is baked and to the images before it. A layer that is there already costs nothing. */
  addedBytes: number;
  msPerGib: number;
  /** Whether it still fits into the budget after the images before it. */
  fits: boolean;
  /** The layers that add bytes, the most valuable first. */
  layers: CandidateLayer[];
}

export interface CandidateLayer {
  digest: string;
  /** Unpacked size, estimated from its share of the compressed image: the Engine does not tell it. */
  bytes: number;
  /** The layer's share of the time of all downloads and extractions. */
  savedMs: number;
  msPerGib: number;
  /** Other images that have it, too, and add nothing for it. */
  sharedWith: string[];
}

export interface BakedAdvice {
  ref: string;
  digest: string;
  sizeBytes: number;
  /** When the latest bake pulled it, since the epoch. */
  bakedMs: number;
  /** When a user's container was last started from it, since the epoch. Absent when none is known. */
  lastUsedMs?: number;
  isUnused: boolean;
}

export interface Advice {
  /** In the order in which to bake them. */
  bake: Candidate[];
  /** The oldest bake first. */
  baked: BakedAdvice[];
  /** How much pull time baking all that fits would have saved. */
  savedMs: number;
  /** The first time that is known, since the epoch. Nothing can be called unused for longer. */
  sinceMs?: number;
}

const gib = 1024 ** 3;

/** What all pulls of a layer say about it. */
interface Layer {
  key: string;
  digest: string;
  bytes: number;
  ms: number;
  refs: Set<string>;
}

/** Advises what to bake next, and names what is baked and unused. */
export function advise(instances: readonly AdvisedInstance[], options: AdviceOptions): Advice {
  const { nowMs, windowMs } = options;
  const all = instances.flatMap(({ instanceId, pulls }) => pulls.map((pull) => ({ ...pull, instanceId })));
  const here = all.filter(({ atBake, startMs }) => !atBake && startMs > nowMs - windowMs);
  const baked = new Set(
    all.filter(({ atBake }) => atBake).flatMap(({ layers }) => layers.map(({ digest }) => keyOf(digest))),
  );
  const bake = ranked(here, layersOf(here), baked, options.budgetBytes);
  const times = instances.flatMap(({ starts, pulls }) => [
    ...starts.map(({ startMs }) => startMs),
    ...pulls.filter(({ atBake }) => !atBake).map(({ startMs }) => startMs),
  ]);
  const sinceMs = times.reduce((least, at) => Math.min(least, at), Infinity);
  return {
    bake,
    baked: bakedOf(instances, options),
    savedMs: bake.filter(({ fits }) => fits).reduce((sum, { savedMs }) => sum + savedMs, 0),
    ...(sinceMs === Infinity ? {} : { sinceMs }),
  };
}

/** The Engine sometimes gives only the first twelve digits of a layer's digest. */
function keyOf(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

function layersOf(pulls: readonly AdvisedPull[]): Map<string, Layer> {
  const layers = new Map<string, Layer>();
  for (const pull of pulls) {
    const packed = sum(pull.layers, ({ sizeBytes = 0 }) => sizeBytes);
    const worked = sum(pull.layers, workOf);
    for (const layer of pull.layers) {
      const key = keyOf(layer.digest);
      const known = layers.get(key) ?? { key, digest: layer.digest, bytes: 0, ms: 0, refs: new Set() };
      known.refs.add(pull.ref);
      // The size of a layer that was there already comes from the pull that brought it.
      if (packed > 0 && layer.sizeBytes !== undefined)
        known.bytes = Math.max(known.bytes, (layer.sizeBytes / packed) * pull.sizeBytes);
      known.ms += worked > 0 ? (workOf(layer) / worked) * pull.pullMs : 0;
      layers.set(key, known);
    }
  }
  return layers;
}

function workOf({ downloadMs = 0, extractMs = 0 }: AdvisedLayer): number {
  return downloadMs + extractMs;
}

/** Takes the image that saves the most time for its bytes, and ranks the rest again: its layers are there now. */
function ranked(
  pulls: readonly (AdvisedPull & { instanceId: string })[],
  layers: ReadonlyMap<string, Layer>,
  baked: ReadonlySet<string>,
  budgetBytes = Infinity,
): Candidate[] {
  const byRef = Map.groupBy(pulls, ({ ref }) => ref);
  const there = new Set(baked);
  const done: Candidate[] = [];
  let left = budgetBytes;
  while (byRef.size > 0) {
    const candidates = [...byRef].map(([ref, each]) => candidate(ref, each, layers, there));
    const within = candidates.filter(({ addedBytes }) => addedBytes <= left);
    const [best] = (within.length > 0 ? within : candidates).sort(
      (a, b) => b.msPerGib - a.msPerGib || b.savedMs - a.savedMs || (a.ref < b.ref ? -1 : 1),
    );
    if (best === undefined) break;
    const fits = best.addedBytes <= left;
    done.push({ ...best, fits });
    if (fits) {
      left -= best.addedBytes;
      for (const { digest } of best.layers) there.add(keyOf(digest));
    }
    byRef.delete(best.ref);
  }
  return done;
}

function candidate(
  ref: string,
  pulls: readonly (AdvisedPull & { instanceId: string })[],
  layers: ReadonlyMap<string, Layer>,
  there: ReadonlySet<string>,
): Candidate {
  const [first] = [...pulls].sort((a, b) => b.startMs - a.startMs);
  const keys = new Set(pulls.flatMap((pull) => pull.layers.map(({ digest }) => keyOf(digest))));
  const added = [...keys].flatMap((key) => layers.get(key) ?? []).filter(({ key }) => !there.has(key));
  const savedMs = sum(pulls, ({ pullMs }) => pullMs);
  // An image without known layers counts as one layer.
  const addedBytes = keys.size === 0 ? (first?.sizeBytes ?? 0) : sum(added, ({ bytes }) => bytes);
  return {
    ref,
    digest: first?.digest ?? '',
    instances: new Set(pulls.map(({ instanceId }) => instanceId)).size,
    pulls: pulls.length,
    savedMs,
    sizeBytes: first?.sizeBytes ?? 0,
    addedBytes: Math.round(addedBytes),
    msPerGib: perGib(savedMs, addedBytes),
    fits: false,
    layers: added
      .map(({ digest, bytes, ms, refs }) => ({
        digest,
        bytes: Math.round(bytes),
        savedMs: ms,
        msPerGib: perGib(ms, bytes),
        sharedWith: [...refs].filter((other) => other !== ref).sort(),
      }))
      .sort((a, b) => b.msPerGib - a.msPerGib || b.savedMs - a.savedMs),
  };
}

/** Counts at least a mebibyte: otherwise a tiny layer would beat everything. */
function perGib(ms: number, bytes: number): number {
  return ms / (Math.max(bytes, 1024 ** 2) / gib);
}

function bakedOf(instances: readonly AdvisedInstance[], { nowMs, unusedMs }: AdviceOptions): BakedAdvice[] {
  const used = new Map<string, number>();
  for (const { image, startMs } of instances.flatMap(({ starts }) => starts))
    used.set(image, Math.max(used.get(image) ?? 0, startMs));
  const latest = new Map<string, AdvisedPull>();
  const firstMs = new Map<string, number>();
  for (const pull of instances.flatMap(({ pulls }) => pulls)) {
    if (!pull.atBake) continue;
    firstMs.set(pull.ref, Math.min(firstMs.get(pull.ref) ?? Infinity, pull.startMs));
    if ((latest.get(pull.ref)?.startMs ?? 0) <= pull.startMs) latest.set(pull.ref, pull);
  }
  return [...latest.values()]
    .map(({ ref, digest, sizeBytes, startMs }) => {
      const lastUsedMs = used.get(ref);
      // An image that was baked yesterday cannot have been unused for a month.
      const isUnused = (lastUsedMs ?? firstMs.get(ref) ?? 0) < nowMs - unusedMs;
      return { ref, digest, sizeBytes, bakedMs: startMs, isUnused, ...defined({ lastUsedMs }) };
    })
    .sort((a, b) => a.bakedMs - b.bakedMs || (a.ref < b.ref ? -1 : 1));
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
