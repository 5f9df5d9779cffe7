import { describe, expect, test } from 'vitest';
import { answerSentence, type Asked } from '../../coordinator/insight/answer.ts';
import { slowestStep, usualWait, waitOf } from '../../coordinator/insight/wait.ts';
import type { TimelineSpan } from '../../coordinator/insight/timeline.ts';

const served = { claimed: 3, delivered: 6, started: 14, ready: 49 };

describe('what a caller waited for', () => {
  test.each([
    ['each step', served, 1, ['claim 3', 'delivery 3', 'order 8', 'start 35']],
    [
      'until its names lead to it',
      { ...served, routed: 53 },
      1,
      ['claim 3', 'delivery 3', 'order 8', 'start 35', 'route 4'],
    ],
    [
      'with a queue',
      { ...served, queued: 2 },
      1,
      ['waiting for an instance 2', 'claim 1', 'delivery 3', 'order 8', 'start 35'],
    ],
    ['on a second instance', served, 2, ['earlier attempts 3', 'delivery 3', 'order 8', 'start 35']],
    ['of an agent that told of everything at once', { claimed: 3, ready: 49 }, 1, ['claim 3', 'start 46']],
    ['the same', { claimed: 3, delivered: 49, started: 49, ready: 49 }, 1, ['claim 3', 'start 46']],
  ])('%s, and together that is all of it', (_what, timings, attempts, expected) => {
    const wait = waitOf(timings, attempts);
    expect(wait?.parts.map(({ step, ms }) => `${step} ${ms}`)).toEqual(expected);
    expect(wait?.parts.reduce((sum, { ms }) => sum + ms, 0)).toBe(wait?.totalMs);
    for (const [index, { fromMs }] of (wait?.parts ?? []).entries()) {
      const before = wait?.parts[index - 1];
      expect(fromMs).toBe(before === undefined ? 0 : before.fromMs + before.ms);
    }
  });

  test('is told apart by the instance where the coordinator heard of it at once', () => {
    const told = { claimed: 3, delivered: 49, started: 49, ready: 49 };
    const parts = (placed: Parameters<typeof waitOf>[2]): string[] =>
      (waitOf(told, 1, placed)?.parts ?? []).map(
        ({ step, ms, isPlaced }) => `${step} ${ms}${isPlaced === true ? ' placed' : ''}`,
      );
    expect(parts({})).toEqual(['claim 3', 'start 46']);
    expect(parts({ delivered: 6, started: 14 })).toEqual([
      'claim 3',
      'delivery 3 placed',
      'order 8 placed',
      'start 35',
    ]);
    const half = { claimed: 3, delivered: 14, started: 14, ready: 49 };
    expect(
      waitOf(half, 1, { delivered: 6, started: 9 })?.parts.map(({ step, ms }) => `${step} ${ms}`),
    ).toEqual(['claim 3', 'delivery 3', 'order 8', 'start 35']);
    // A clock that is wrong moves nothing out of the whole.
    expect(parts({ delivered: -80, started: 900 })).toEqual(['claim 3', 'start 46']);
    expect(waitOf(served, 1, { delivered: 9, started: 10 })).toEqual(waitOf(served, 1));
  });

  test('is not known before an instance was taken', () => {
    expect(waitOf({}, 0)).toBeUndefined();
  });

  test('is compared with the median of each step, once there are enough', () => {
    const each = [44, 45, 46, 47, 48].map((ready) => ({ timings: { ...served, ready }, attempts: 1 }));
    expect(usualWait(each.slice(1))).toBeUndefined();
    const usual = usualWait([...each, { timings: { claimed: 9 }, attempts: 1 }]);
    expect(usual).toMatchObject({ n: 5, totalMs: 46, steps: { claim: 3, start: 32 } });
    const wait = waitOf(served, 1);
    if (usual === undefined || wait === undefined) throw new Error('both are known');
    expect(slowestStep(wait, usual)).toEqual({ step: 'start', excessMs: 3 });
  });
});

describe('the sentence about an assignment', () => {
  const span = (name: string, fromMs: number, toMs: number, container = ''): TimelineSpan => ({
    spanId: `${name} ${container}`,
    parentId: name === 'assignment' ? '' : 'assignment ',
    name,
    startUnixNs: fromMs * 1e6,
    endUnixNs: toMs * 1e6,
    attributes: container === '' ? {} : { 'container.name': container },
  });
  const spans = [
    span('assignment', 0, 43),
    span('container.exec', 1, 8, 'node'),
    span('container.ready', 8, 43, 'node'),
  ];
  const asked: Asked = {
    state: 'SERVING',
    role: 'web',
    reason: '',
    timings: served,
    attempts: 1,
    ageMs: 60_000,
    spans,
    usual: undefined,
  };
  const usual = { n: 20, totalMs: 46, steps: { claim: 3, delivery: 3, order: 8, start: 32 } };

  test.each<[string, Partial<Asked>, string]>([
    [
      'names the steps, the longest first',
      {},
      "49 ms: 35 ms node's own start, 8.0 ms order, 3.0 ms claim, 3.0 ms delivery.",
    ],
    [
      'says start where nothing was reported',
      { spans: [] },
      '49 ms: 35 ms start, 8.0 ms order, 3.0 ms claim, 3.0 ms delivery.',
    ],
    [
      'tells in which step it was slower',
      { usual },
      "49 ms: 35 ms node's own start, 8.0 ms order, 3.0 ms claim, 3.0 ms delivery; 3.0 ms slower than the median of role web, in: node's own start.",
    ],
    [
      'says that it was faster',
      { usual: { ...usual, totalMs: 60 } },
      "49 ms: 35 ms node's own start, 8.0 ms order, 3.0 ms claim, 3.0 ms delivery; 11 ms faster than the median of role web.",
    ],
    [
      'calls a difference within the noise none',
      { usual: { ...usual, totalMs: 48 } },
      "49 ms: 35 ms node's own start, 8.0 ms order, 3.0 ms claim, 3.0 ms delivery; as the median of role web.",
    ],
    [
      'waits',
      { state: 'PENDING', timings: {}, attempts: 0, ageMs: 12_000 },
      'Waiting for an instance of role web for 12.0 s.',
    ],
    [
      'is under way',
      { state: 'STARTING', timings: { claimed: 3, delivered: 6 }, ageMs: 5000 },
      'Not serving yet after 5.0 s: 3.0 ms claim, 3.0 ms delivery, and STARTING since.',
    ],
    [
      'failed',
      { state: 'FAILED', timings: { claimed: 3 }, attempts: 3, reason: 'EXEC_FAILED: no such file' },
      'It failed after 3 instances were tried: EXEC_FAILED: no such file',
    ],
    [
      'was released in time',
      { state: 'RELEASED', timings: {}, attempts: 0 },
      'It was released before it served.',
    ],
  ])('%s', (_what, more, expected) => {
    expect(answerSentence({ ...asked, ...more })).toBe(expected);
  });
});
