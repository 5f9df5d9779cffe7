import { PassThrough, Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { bakedLayers, knownLayers } from '../../agent/core/image/baked-layers.ts';
import { JsonLines } from '../../agent/core/json-lines.ts';
import { pullFailure } from '../../agent/core/image/pull-failure.ts';
import {
  layersOfTries,
  PullProgress,
  sincePull,
  type LayerProgress,
} from '../../agent/core/image/pull-progress.ts';
import { readPull, type PullResult } from '../../agent/docker/pull.ts';

const hex = 'b'.repeat(12);
const digest = `sha256:${'d'.repeat(64)}`;

/** Lines as an Engine sends them: [milliseconds, line]. */
const wholePull: readonly [number, object][] = [
  [0, { status: 'Pulling from acme/app', id: '1.0' }],
  [1, { status: 'Already exists', progressDetail: {}, id: 'a'.repeat(12) }],
  [1, { status: 'Pulling fs layer', progressDetail: {}, id: hex }],
  [2, { status: 'Waiting', progressDetail: {}, id: hex }],
  [10, { status: 'Downloading', progressDetail: { current: 100, total: 4000 }, id: hex }],
  [30, { status: 'Retrying in 1 second', progressDetail: {}, id: hex }],
  [60, { status: 'Downloading', progressDetail: { current: 4000, total: 4000 }, id: hex }],
  [70, { status: 'Verifying Checksum', progressDetail: {}, id: hex }],
  [75, { status: 'Download complete', progressDetail: {}, id: hex }],
  [80, { status: 'Extracting', progressDetail: { current: 100, total: 4000 }, id: hex }],
  [95, { status: 'Extracting', progressDetail: { current: 4000, total: 4000 }, id: hex }],
  [120, { status: 'Pull complete', progressDetail: {}, id: hex }],
  [121, { status: `Digest: ${digest}` }],
  [122, { status: 'Status: Downloaded newer image for acme/app:1.0' }],
];

function progressOf(lines: readonly (readonly [number, object])[]): PullProgress {
  const progress = new PullProgress();
  for (const [now, line] of lines) progress.apply(line, now);
  return progress;
}

describe('PullProgress', () => {
  test('times each phase of each layer', () => {
    const progress = progressOf(wholePull);
    expect(progress.layers()).toEqual([
      { id: 'a'.repeat(12), phase: 'done', cached: true, downloadedBytes: 0 },
      {
        id: hex,
        phase: 'done',
        cached: false,
        sizeBytes: 4000,
        downloadedBytes: 4000,
        downloadAt: 10,
        downloadMs: 60,
        extractAt: 80,
        extractMs: 40,
      },
    ]);
    expect(progress.outcome()).toEqual({ kind: 'done', digest, upToDate: false });
  });

  test('what the Engine did not say is absent', () => {
    const [layer] = progressOf([
      [0, { status: 'Pulling fs layer', id: hex }],
      [5, { status: 'Download complete', id: hex }],
      [9, { status: 'Pull complete', id: hex }],
    ]).layers();
    expect(layer).toEqual({ id: hex, phase: 'done', cached: false, downloadedBytes: 0 });
  });

  test('an unknown total is not a size', () => {
    const [layer] = progressOf([
      [0, { status: 'Downloading', progressDetail: { current: 7, total: -1 }, id: hex }],
    ]).layers();
    expect(layer).not.toHaveProperty('sizeBytes');
  });

  test('a tag is not a layer', () => {
    expect(progressOf([[0, { status: 'Pulling from acme/app', id: '1.0' }]]).layers()).toEqual([]);
  });

  test('every way to end without the last lines is a cut', () => {
    for (let length = 0; length < wholePull.length - 2; length++)
      expect(progressOf(wholePull.slice(0, length)).outcome().kind).toBe('cut');
  });

  test.each([
    [{ errorDetail: { message: 'unexpected EOF' }, error: 'unexpected EOF' }, 'unexpected EOF'],
    [{ error: 'old words' }, 'old words'],
    [{ errorDetail: {} }, 'unknown error'],
  ])('an error in the stream is a failure, also before success: %j', (line, text) => {
    expect(progressOf([[0, line], ...wholePull]).outcome()).toEqual({ kind: 'failed', text });
  });

  test('an image that was there is up to date', () => {
    const outcome = progressOf([[0, { status: 'Status: Image is up to date for acme/app:1.0' }]]).outcome();
    expect(outcome).toEqual({ kind: 'done', upToDate: true });
  });
});

test('lines are read however the stream is cut, also inside a character', () => {
  const values = [{ status: 'Größe ✓' }, { a: 1 }, [true]];
  const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\r\n`).join('\n'));
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
      const lines = new JsonLines();
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      const read = ends.flatMap((end, index) => lines.push(bytes.subarray(ends[index - 1] ?? 0, end)));
      expect([...read, ...lines.end()]).toEqual(values);
    }),
  );
});

test('a value that was cut off is an error at the end', () => {
  const lines = new JsonLines();
  lines.push(Buffer.from('{"status":'));
  expect(() => lines.end()).toThrow(SyntaxError);
});

test.each([
  ['write /var/lib/x: no space left on device', 'DISK_FULL'],
  ['manifest for a:1 not found: manifest unknown: manifest unknown', 'IMAGE_NOT_FOUND'],
  ["pull access denied for a, repository does not exist or may require 'docker login'", 'IMAGE_NOT_FOUND'],
  ['Head "https://r/v2/a": unauthorized: authentication required', 'IMAGE_NOT_FOUND'],
  ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'IMAGE_PLATFORM_MISMATCH'],
  ['image with reference a was found but does not match the specified platform', 'IMAGE_PLATFORM_MISMATCH'],
  ['unexpected EOF', 'IMAGE_PULL_FAILED'],
  ['Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'IMAGE_PULL_FAILED'],
])('%s means %s', (text, code) => {
  expect(pullFailure('a:1', text).code).toBe(code);
});

describe('readPull', () => {
  function read(
    stream: Readable,
    signal = new AbortController().signal,
    silenceMs = 60_000,
  ): Promise<PullResult> {
    return readPull(stream, { ref: 'a:1', silenceMs, clock: () => 0, signal, onProgress: () => undefined });
  }
  const text = wholePull.map(([, line]) => JSON.stringify(line)).join('\r\n');

  async function codeOf(result: Promise<unknown>): Promise<string> {
    return await result.then(
      () => 'done',
      (cause: unknown) => (cause instanceof ParbakeError ? cause.code : String(cause)),
    );
  }

  test('takes the last line without a newline', async () => {
    const { outcome } = await read(Readable.from([Buffer.from(text)]));
    expect(outcome.digest).toBe(digest);
  });

  test('a stream that ends early failed', async () => {
    const half = Buffer.from(text.slice(0, text.indexOf('Pull complete')));
    expect(await codeOf(read(Readable.from([half])))).toBe('IMAGE_PULL_FAILED');
  });

  test('what the Engine said explains a connection that broke', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"error":"no space left on device"}\n');
      await Promise.resolve();
      throw new Error('socket hang up');
    }
    expect(await codeOf(read(Readable.from(broken())))).toBe('DISK_FULL');
  });

  test('what is not JSON failed', async () => {
    expect(await codeOf(read(Readable.from([Buffer.from('<html>\n')])))).toBe('IMAGE_PULL_FAILED');
  });

  test('silence stalls it, and ends the pull', async () => {
    const stream = new Readable({ read: () => undefined });
    expect(await codeOf(read(stream, undefined, 1))).toBe('IMAGE_PULL_STALLED');
    expect(stream.destroyed).toBe(true);
  });

  test('an abort ends the pull and is no error of ours', async () => {
    const stream = new Readable({ read: () => undefined });
    const controller = new AbortController();
    const result = codeOf(read(stream, controller.signal));
    controller.abort();
    expect(await result).toContain('AbortError');
    expect(stream.destroyed).toBe(true);
  });
});

describe('several tries', () => {
  const one = (part: Partial<LayerProgress>): LayerProgress => ({
    id: hex,
    phase: 'done',
    cached: false,
    downloadedBytes: 0,
    ...part,
  });

  test('a layer that an earlier try completed keeps its times', () => {
    const first = one({ downloadMs: 7 });
    expect(layersOfTries([[first], [one({ cached: true })]])).toEqual([first]);
  });

  test('a layer that was there before all of them, or was not completed, is what the last one says', () => {
    const cached = one({ cached: true });
    const half = one({ phase: 'downloading' });
    expect(layersOfTries([[cached], [cached]])).toEqual([cached]);
    expect(layersOfTries([[half], [one({ extractMs: 1 })]])).toEqual([one({ extractMs: 1 })]);
    expect(layersOfTries([])).toEqual([]);
  });

  test('a pull that only waits for its turn has not stalled as long as others get on', async () => {
    const stream = new PassThrough();
    stream.write(`${JSON.stringify({ status: 'Waiting', id: hex })}\n`);
    const answers = [true, true, false, true];
    let asked = 0;
    const reading = { ref: 'app', silenceMs: 5, clock: () => 0, signal: new AbortController().signal };
    const pull = readPull(stream, {
      ...reading,
      onProgress: () => {},
      othersGetOn: () => answers[asked++] ?? true,
    });
    await expect(pull).rejects.toMatchObject({ code: 'IMAGE_PULL_STALLED' });
    expect(asked).toBe(3);
  });

  test('a pull that only waits for its turn is queued, one that fetches is not', () => {
    const waiting = [0, { status: 'Waiting', id: hex }] as const;
    expect(progressOf([]).isQueued()).toBe(false);
    expect(progressOf([waiting]).isQueued()).toBe(true);
    expect(progressOf([waiting, [1, { status: 'Downloading', id: hex }]]).isQueued()).toBe(false);
    expect(progressOf([waiting, [1, { status: 'Pull complete', id: hex }]]).isQueued()).toBe(false);
  });
});

describe('bakedLayers', () => {
  const base = `sha256:${'1'.repeat(64)}`;
  const top = `sha256:${'2'.repeat(64)}`;
  const pulled: LayerProgress[] = [
    {
      id: '2'.repeat(12),
      phase: 'done',
      cached: false,
      downloadedBytes: 9,
      sizeBytes: 9,
      downloadAt: 12.5,
      downloadMs: 1.23456,
    },
    { id: '1'.repeat(12), phase: 'done', cached: true, downloadedBytes: 0 },
  ];
  const records = new Map([
    ['diff1', [{ digest: base, repository: 'docker.io/library/a' }]],
    [
      'diff2',
      [
        { digest: `sha256:${'3'.repeat(64)}`, repository: 'docker.io/library/b' },
        { digest: top, repository: 'docker.io/library/a' },
      ],
    ],
  ]);

  test('are in the order of the image, with full digests', () => {
    expect(bakedLayers(sincePull(pulled, 10), ['diff1', 'diff2'], records, 'docker.io/library/a')).toEqual([
      { digest: base, diffId: 'diff1', cached: true },
      { digest: top, diffId: 'diff2', sizeBytes: 9, downloadStartMs: 2.5, downloadMs: 1.235, cached: false },
    ]);
  });

  test('a layer listed twice came once', () => {
    const layers = bakedLayers(pulled, ['diff2', 'diff2'], records, 'docker.io/library/a');
    expect(layers.map((layer) => layer.cached)).toEqual([false, true]);
  });

  test("without the Engine's records they have its short ids", () => {
    const layers = bakedLayers(pulled, ['diff1', 'diff2'], new Map(), 'docker.io/library/a');
    expect(layers.map((layer) => layer.digest)).toEqual(['2'.repeat(12), '1'.repeat(12)]);
  });

  test("by the registry's list they have its sizes, also those that were there", () => {
    const known = [
      { digest: base, diffId: 'diff1', sizeBytes: 5 },
      { digest: top, diffId: 'diff2', sizeBytes: 9 },
      { digest: top, diffId: 'diff2', sizeBytes: 9 },
    ];
    expect(knownLayers(sincePull(pulled, 10), known)).toEqual([
      { digest: base, diffId: 'diff1', sizeBytes: 5, cached: true },
      { digest: top, diffId: 'diff2', sizeBytes: 9, downloadStartMs: 2.5, downloadMs: 1.235, cached: false },
      { digest: top, diffId: 'diff2', sizeBytes: 9, cached: true },
    ]);
  });

  test('of an image that was there, the digest comes from its own repository', () => {
    expect(bakedLayers([], ['diff2'], records, 'docker.io/library/a')).toEqual([
      { digest: top, diffId: 'diff2', cached: true },
    ]);
  });
});
