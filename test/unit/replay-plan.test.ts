import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverage, mergeRecordings, subtractRanges } from '../../agent/core/replay/merge.ts';
import { addMisses, parseMisses, type Misses } from '../../agent/core/replay/misses.ts';
import { planReplay, ReplayQueue, type ReplayStep } from '../../agent/core/replay/plan.ts';
import {
  formatRecording,
  parseRecording,
  requireFitting,
  type Recording,
  type ReplayUnit,
} from '../../agent/core/replay/recording.ts';
import { mergeRanges } from '../../agent/core/replay/trace.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

const engine: ReplayUnit = { kind: 'engine' };
const web: ReplayUnit = { kind: 'role', role: 'web' };
const batch: ReplayUnit = { kind: 'role', role: 'batch' };

function aRecording(changes: Partial<Recording> & { chunkList?: number[] } = {}): Recording {
  const { chunkList = [3, 1], ...rest } = changes;
  return {
    version: 1,
    unit: web,
    recordedAt: '2026-11-21T00:00:00.000Z',
    bakeId: 'bake-1',
    fileSystem: { type: 'ext', uuid: 'uuid-1' },
    images: [{ ref: 'acme/app:1', digest: 'sha256:1' }],
    starts: 1,
    source: 'tracefs',
    notes: [],
    chunkBytes: 524_288,
    diskOffsetBytes: 0,
    chunks: chunkList.map((chunk) => ({ chunk, frequency: 1 })),
    metadata: [],
    files: [{ path: '/app/main.js', ranges: [[0, 5000]], frequency: 1 }],
    ...rest,
  };
}

function aFile(path: string, frequency = 1): Recording['files'][number] {
  return { path, ranges: [[0, 4096]], frequency };
}

describe('a recording', () => {
  test('survives being written and read', () => {
    const recording = aRecording({
      chunks: [
        { chunk: 7, frequency: 1 },
        { chunk: 2, frequency: 0.25 },
      ],
      metadata: [[4096, 8192]],
      files: [aFile('/a'), aFile('/b', 0.5)],
      snapshotId: 'snap-1',
      notes: ['incomplete'],
    });
    expect(parseRecording(formatRecording(recording), 'r')).toEqual(recording);
  });

  test.each([
    ['text that is not JSON', 'x', 'it is not JSON'],
    ['a list', '[]', 'it is not an object'],
    ['another version', { version: 2 }, 'version 2'],
    ['no UUID', { fileSystem: { type: 'ext' } }, 'fileSystem.uuid'],
    ['chunks that are no numbers', { chunks: ['1'] }, 'chunks'],
    ['a negative chunk', { chunks: [-1] }, 'chunks'],
    ['a frequency above 1', { chunks: [[1, 2]] }, 'chunks'],
    ['a size of chunks that no disk has', { chunkBytes: 1000 }, 'chunkBytes'],
    ['a path out of the file system', { files: [{ path: '/a/../../etc/shadow', ranges: [] }] }, 'files'],
    ['a range of nothing', { metadata: [[0, 0]] }, 'metadata'],
    ['no unit', { unit: { kind: 'role' } }, 'unit'],
  ])('with %s is refused by name', (_, change, reason) => {
    const good = JSON.parse(formatRecording(aRecording())) as object;
    const text = typeof change === 'string' ? change : JSON.stringify({ ...good, ...change });
    const error = errorOf(() => parseRecording(text, 'role-web.json'));
    expect(error.code).toBe('RECORDING_INVALID');
    expect(error.message).toContain('role-web.json');
    expect(error.message).toContain(reason);
  });

  test('is refused on another file system, of another bake, and with other images', () => {
    const facts = {
      fileSystem: { uuid: 'uuid-1' },
      bakeId: 'bake-1',
      images: new Map([['acme/app:1', 'sha256:1']]),
    };
    requireFitting(aRecording(), facts);
    requireFitting(aRecording(), { fileSystem: { uuid: 'uuid-1' } });
    for (const other of [
      { ...facts, fileSystem: { uuid: 'uuid-2' } },
      { ...facts, bakeId: 'bake-2' },
      { ...facts, images: new Map([['acme/app:1', 'sha256:2']]) },
      { ...facts, images: new Map<string, string>() },
    ])
      expect(errorOf(() => requireFitting(aRecording(), other)).code).toBe('RECORDING_MISMATCH');
  });
});

describe('several starts', () => {
  test('become one list: what more of them read first, then what was read first', () => {
    const merged = mergeRecordings(
      aRecording({ chunkList: [9, 1, 5] }),
      aRecording({ chunkList: [5, 2] }),
      aRecording({ chunkList: [5, 1] }),
    );
    expect(merged.starts).toBe(3);
    expect(merged.chunks.map(({ chunk }) => chunk)).toEqual([5, 1, 9, 2]);
    expect(merged.chunks[1]?.frequency).toBeCloseTo(2 / 3);
  });

  test('count by how many starts a recording stands for', () => {
    const many = aRecording({ chunkList: [1], starts: 9 });
    const merged = mergeRecordings(aRecording({ chunkList: [2] }), many);
    expect(merged.chunks).toEqual([
      { chunk: 1, frequency: 0.9 },
      { chunk: 2, frequency: 0.1 },
    ]);
  });

  test('read the union of the ranges of a file', () => {
    const other = aRecording({ files: [{ path: '/app/main.js', ranges: [[4096, 8192]], frequency: 1 }] });
    expect(mergeRecordings(aRecording(), other).files).toEqual([
      { path: '/app/main.js', ranges: [[0, 12_288]], frequency: 1 },
    ]);
  });

  test('lose nothing that any of them read', () => {
    const anyList = fc.uniqueArray(fc.nat(40), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(anyList, { minLength: 1, maxLength: 5 }), (lists) => {
        const [first = aRecording(), ...others] = lists.map((chunkList) => aRecording({ chunkList }));
        const merged = mergeRecordings(first, ...others).chunks;
        expect(new Set(merged.map(({ chunk }) => chunk))).toEqual(new Set(lists.flat()));
        expect(merged.every(({ frequency }) => frequency > 0 && frequency <= 1)).toBe(true);
      }),
    );
  });
});

function someMisses(over: Partial<Misses>): Misses {
  const { bakeId, fileSystem } = aRecording();
  return { bakeId, fileSystem, unit: 'role-web', starts: 1, chunks: [], files: [], ...over };
}

describe('misses', () => {
  test('are what was read and not listed; recall and precision say how good the list is', () => {
    expect(coverage([1, 2, 3, 4], [3, 4, 5])).toEqual({ recall: 2 / 3, precision: 0.5, missed: [5] });
    expect(coverage([], [])).toEqual({ recall: 1, precision: 1, missed: [] });
  });

  test('are added to the list of the same bake with their frequency, most frequent first', () => {
    const chunks = [
      { chunk: 8, starts: 1 },
      { chunk: 9, starts: 2 },
    ];
    const misses = someMisses({ starts: 2, chunks });
    const added = addMisses(aRecording(), misses, (path) => path);
    expect(added.chunks.slice(2)).toEqual([
      { chunk: 9, frequency: 1 },
      { chunk: 8, frequency: 0.5 },
    ]);
  });

  test('are believed only when they are whole and stay in the file system', () => {
    const misses = someMisses({ files: [{ path: '/a', ranges: [[0, 4096]], starts: 1 }] });
    expect(parseMisses(JSON.stringify(misses), 'm')).toEqual(misses);
    for (const wrong of [
      { starts: '1' },
      { chunks: [9] },
      { files: [{ path: '/../etc/shadow', ranges: [], starts: 1 }] },
      { files: [{ path: '/a', ranges: [[0, 0]], starts: 1 }] },
    ]) {
      const text = JSON.stringify({ ...misses, ...wrong });
      expect(errorOf(() => parseMisses(text, 'm')).code).toBe('RECORDING_INVALID');
    }
  });

  test('of an earlier bake give files where they are now, and no blocks', () => {
    const ranges = [[0, 4096]] as const;
    const files = ['/layers/old/diff/lib/a.so', '/gone'].map((path) => ({
      path,
      ranges: [...ranges],
      starts: 1,
    }));
    const misses = someMisses({ chunks: [{ chunk: 9, starts: 1 }], files });
    const next = aRecording({ bakeId: 'bake-2' });
    const added = addMisses(next, misses, (path) =>
      path === '/gone' ? undefined : path.replace('old', 'new'),
    );
    expect(added.chunks).toEqual(next.chunks);
    expect(added.files.map(({ path }) => path)).toEqual(['/app/main.js', '/layers/new/diff/lib/a.so']);
  });

  test('of ranges: what is left and what was known make the whole, and share nothing', () => {
    const anyRanges = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 50 })), { maxLength: 8 });
    const size = (ranges: readonly (readonly [number, number])[]): number =>
      mergeRanges(ranges).reduce((sum, [, length]) => sum + length, 0);
    fc.assert(
      fc.property(anyRanges, anyRanges, (ranges, known) => {
        const left = subtractRanges(ranges, known);
        expect(size([...left, ...known])).toBe(size([...ranges, ...known]));
        expect(size(left) + size(known)).toBe(size([...ranges, ...known]));
      }),
    );
  });
});

describe('the plan', () => {
  const recordings = [
    aRecording({ unit: batch, chunkList: [20, 21], files: [aFile('/batch')] }),
    aRecording({ unit: web, chunkList: [10, 20], files: [aFile('/web')] }),
    aRecording({ unit: engine, chunkList: [1], files: [aFile('/docker')], images: [] }),
  ];

  test('reads Docker first, then the blocks of all roles, then their files; nothing twice', () => {
    expect(order(new ReplayQueue(planReplay(recordings)))).toEqual([
      ...['chunk 1', '/docker'],
      ...['chunk 20', 'chunk 21', 'chunk 10'],
      ...['/batch', '/web'],
    ]);
  });

  test('reads preferred roles first', () => {
    const plan = planReplay(recordings, ['web']);
    expect(plan.map(({ unit }) => unit)).toEqual([engine, web, batch]);
    expect(order(new ReplayQueue(plan)).slice(2, 5)).toEqual(['chunk 10', 'chunk 20', 'chunk 21']);
  });

  test('an order for a role in the middle puts all of that role before the others, and repeats nothing', () => {
    const queue = new ReplayQueue(planReplay(recordings));
    const begun = [queue.take(), queue.take(), queue.take()].map(nameOf);
    expect(begun).toEqual(['chunk 1', '/docker', 'chunk 20']);
    queue.prefer('web');
    expect(order(queue)).toEqual(['chunk 10', '/web', 'chunk 21', '/batch']);
  });

  test('an order before Docker was read still leaves Docker first', () => {
    const queue = new ReplayQueue(planReplay(recordings));
    queue.prefer('web');
    expect(order(queue).slice(0, 4)).toEqual(['chunk 1', '/docker', 'chunk 10', 'chunk 20']);
  });

  test('a chunk that two roles need counts for both', () => {
    const queue = new ReplayQueue(planReplay(recordings.slice(0, 2).map((one) => ({ ...one, files: [] }))));
    const step = queue.take();
    expect(nameOf(step)).toBe('chunk 20');
    if (step !== undefined) queue.finish(step);
    expect(queue.progress()).toEqual([
      { unit: batch, fraction: 0.5 },
      { unit: web, fraction: 0.5 },
    ]);
  });

  test('a unit of which nothing was recorded is ready', () => {
    const queue = new ReplayQueue(planReplay([aRecording({ chunkList: [], files: [] })]));
    expect(queue.take()).toBeUndefined();
    expect(queue.progress()).toEqual([{ unit: web, fraction: 1 }]);
  });

  test('reads the structures of the file system whole, where a chunk has any, and else a page', () => {
    const recording = aRecording({ chunkList: [0, 2], metadata: [[524_288 - 4096, 8192]], files: [] });
    const pieces = planReplay([{ ...recording, chunks: [0, 1, 2].map((chunk) => ({ chunk, frequency: 1 })) }])
      .flatMap(({ chunks }) => chunks)
      .map((step) => (step.kind === 'chunk' ? step.pieces : []));
    expect(pieces).toEqual([[[520_192, 4096]], [[524_288, 4096]], [[1_048_576, 4096]]]);
  });

  test('of a chunk that several list, reads what any of them needs, once', () => {
    const ofDocker = aRecording({ unit: engine, chunkList: [1], metadata: [[524_288, 4096]], files: [] });
    const ofRole = aRecording({ chunkList: [1], metadata: [[524_288 + 8192, 4096]], files: [] });
    const queue = new ReplayQueue(planReplay([ofRole, ofDocker]));
    expect(queue.take()).toMatchObject({
      key: 'chunk 1',
      pieces: [
        [524_288, 4096],
        [532_480, 4096],
      ],
    });
    expect(queue.take()).toBeUndefined();
  });

  test('large files are read in steps that together are the file', () => {
    const mebibyte = 1024 ** 2;
    const files = [{ path: '/node', ranges: [[0, 10 * mebibyte]] as [number, number][], frequency: 1 }];
    const steps = planReplay([aRecording({ chunkList: [], files })]).flatMap((unit) => unit.files);
    expect(steps).toHaveLength(3);
    const ranges = steps.flatMap((step) => (step.kind === 'file' ? step.ranges : []));
    expect(mergeRanges(ranges)).toEqual([[0, 10 * mebibyte]]);
    expect(steps.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(10 * mebibyte);
  });

  test('whatever the order of steps and orders, every step comes once and progress ends at 1', () => {
    const all = order(new ReplayQueue(planReplay(recordings))).sort();
    fc.assert(
      fc.property(fc.array(fc.constantFrom('web', 'batch', 'unknown', 'take'), { maxLength: 20 }), (acts) => {
        const queue = new ReplayQueue(planReplay(recordings));
        const taken: ReplayStep[] = [];
        for (const act of acts) {
          if (act !== 'take') queue.prefer(act);
          const step = act === 'take' ? queue.take() : undefined;
          if (step !== undefined) taken.push(step);
        }
        for (let step = queue.take(); step !== undefined; step = queue.take()) taken.push(step);
        expect(taken.map(nameOf).sort()).toEqual(all);
        for (const step of taken) queue.finish(step);
        expect(queue.progress().every(({ fraction }) => fraction === 1)).toBe(true);
      }),
    );
  });
});

function order(queue: ReplayQueue): string[] {
  const names: string[] = [];
  for (let step = queue.take(); step !== undefined; step = queue.take()) names.push(nameOf(step));
  return names;
}

function nameOf(step: ReplayStep | undefined): string {
  if (step === undefined) return '';
  return step.kind === 'chunk' ? step.key : step.path;
}

function errorOf(action: () => unknown): ParbakeError {
  try {
    action();
  } catch (cause) {
    if (cause instanceof ParbakeError) return cause;
    throw cause;
  }
  throw new Error('it was accepted');
}
