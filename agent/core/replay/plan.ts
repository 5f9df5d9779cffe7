import { chunkStart, chunksOf, mergeRanges, type ByteRange } from './trace.ts';
import { unitName, type Recording, type ReplayUnit } from './recording.ts';

/** One thing to read; it is read once, however many units need it. */
export type ReplayStep =
  /** Pieces of one chunk of the disk that make the volume fetch all of it. Offsets in the file system. */
  | { kind: 'chunk'; key: string; pieces: ByteRange[]; bytes: number }
  /** Parts of one file that should be in memory. */
  | { kind: 'file'; key: string; path: string; ranges: ByteRange[]; bytes: number };

export interface UnitPlan {
  unit: ReplayUnit;
  /** These come first: they fetch the blocks below the files at full rate. */
  chunks: ReplayStep[];
  files: ReplayStep[];
}

/** The Engine comes first, then roles in the preferred order. */
export type ReplayPlan = UnitPlan[];

/** What is read of a chunk that only has to be fetched. */
const touchBytes = 4096;
/** Files are read in steps of about this many bytes, so that several readers share one file and an order does not wait for long. */
const fileStepBytes = 4 * 1024 * 1024;

/** @param prefer roles in the order in which they matter; others follow by name */
export function planReplay(recordings: readonly Recording[], prefer: readonly string[] = []): ReplayPlan {
  const rank = ({ unit }: Recording): number => {
    if (unit.kind === 'engine') return -1;
    const place = prefer.indexOf(unit.role);
    return place === -1 ? prefer.length : place;
  };
  // A chunk is read once, for the unit that comes first, with everything that any unit needs of it.
  const metadata = metadataByChunk(recordings);
  return [...recordings]
    .sort((a, b) => rank(a) - rank(b) || (unitName(a.unit) < unitName(b.unit) ? -1 : 1))
    .map((recording) => ({
      unit: recording.unit,
      chunks: chunkSteps(recording, metadata),
      files: recording.files.flatMap(({ path, ranges }) => fileSteps(path, ranges)),
    }));
}

function chunkSteps(recording: Recording, metadata: ReadonlyMap<number, readonly ByteRange[]>): ReplayStep[] {
  return recording.chunks.map(({ chunk }): ReplayStep => {
    const needed = metadata.get(chunk) ?? [[chunkStart(chunk, recording), touchBytes]];
    return { kind: 'chunk', key: `chunk ${chunk}`, pieces: mergeRanges(needed), bytes: recording.chunkBytes };
  });
}

function metadataByChunk(recordings: readonly Recording[]): Map<number, ByteRange[]> {
  const metadata = new Map<number, ByteRange[]>();
  for (const recording of recordings) {
    for (const [offset, length] of recording.metadata) {
      for (const chunk of chunksOf([[offset, length]], recording)) {
        const start = Math.max(offset, chunkStart(chunk, recording));
        const end = Math.min(offset + length, chunkStart(chunk + 1, recording));
        metadata.set(chunk, [...(metadata.get(chunk) ?? []), [start, end - start]]);
      }
    }
  }
  return metadata;
}

function fileSteps(path: string, ranges: readonly ByteRange[]): ReplayStep[] {
  const steps: { ranges: ByteRange[]; bytes: number }[] = [];
  for (const [offset, length] of ranges) {
    for (let at = offset; at < offset + length; at += fileStepBytes) {
      const piece: ByteRange = [at, Math.min(fileStepBytes, offset + length - at)];
      const last = steps.at(-1);
      if (last !== undefined && last.bytes + piece[1] <= fileStepBytes) {
        last.ranges.push(piece);
        last.bytes += piece[1];
      } else steps.push({ ranges: [piece], bytes: piece[1] });
    }
  }
  return steps.map((step) => ({
    kind: 'file',
    key: `${path} ${step.ranges.map((range) => range.join('+')).join(',')}`,
    path,
    ...step,
  }));
}

export interface UnitProgress {
  unit: ReplayUnit;
  /** 0 to 1, by bytes; 1 when there is nothing to read. What could not be read counts as done. */
  fraction: number;
}

/**
 * Decides which step is next, and how far each unit is. Docker itself is always first. Then come the blocks of all roles and after
 * them their files, since blocks are the slowest to get. When an order prefers one role, all of that role comes first.
 */
export class ReplayQueue {
  readonly #units: { plan: UnitPlan; keys: Set<string>; bytes: number; doneBytes: number }[];
  readonly #taken = new Set<string>();
  readonly #done = new Set<string>();
  #lanes: { steps: readonly ReplayStep[]; next: number }[] = [];

  constructor(plan: ReplayPlan) {
    this.#units = plan.map((one) => {
      const steps = new Map([...one.chunks, ...one.files].map((step) => [step.key, step.bytes]));
      const bytes = [...steps.values()].reduce((sum, each) => sum + each, 0);
      return { plan: one, keys: new Set(steps.keys()), bytes, doneBytes: 0 };
    });
    this.prefer(undefined);
  }

  /** Puts a role before the others, from the next step on. An unknown role changes nothing. */
  prefer(role: string | undefined): void {
    const plans = this.#units.map(({ plan }) => plan);
    const isPreferred = ({ unit }: UnitPlan): boolean => unit.kind === 'role' && unit.role === role;
    const engine = plans.filter(({ unit }) => unit.kind === 'engine');
    const preferred = plans.filter(isPreferred);
    const others = plans.filter((plan) => plan.unit.kind === 'role' && !isPreferred(plan));
    const lanes = [
      ...[...engine, ...preferred].flatMap(({ chunks, files }) => [chunks, files]),
      ...others.map(({ chunks }) => chunks),
      ...others.map(({ files }) => files),
    ];
    this.#lanes = lanes.map((steps) => ({ steps, next: 0 }));
  }

  /** @returns undefined when every step was taken */
  take(): ReplayStep | undefined {
    for (const lane of this.#lanes) {
      for (let step = lane.steps[lane.next]; step !== undefined; step = lane.steps[lane.next]) {
        lane.next += 1;
        if (this.#taken.has(step.key)) continue;
        this.#taken.add(step.key);
        return step;
      }
    }
    return undefined;
  }

  /** Marks a step as finished, whether it could be read or not. */
  finish(step: ReplayStep): void {
    if (this.#done.has(step.key)) return;
    this.#done.add(step.key);
    for (const unit of this.#units) if (unit.keys.has(step.key)) unit.doneBytes += step.bytes;
  }

  progress(): UnitProgress[] {
    return this.#units.map(({ plan, bytes, doneBytes }) => ({
      unit: plan.unit,
      fraction: bytes === 0 ? 1 : doneBytes / bytes,
    }));
  }
}
