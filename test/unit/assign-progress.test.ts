import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { withProgress } from '../../coordinator/cli/assign-progress.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Output } from '../../proto/process/command.ts';

/** A terminal of so many columns, and what is written to it. */
function terminal(columns = 80): { stderr: Output; written: string[] } {
  const written: string[] = [];
  const stderr: Output = Object.assign(new PassThrough(), { isTTY: true, columns });
  stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  return { stderr, written };
}

function assignment(state: string, more: Partial<Assignment__Output> = {}): Assignment__Output {
  return {
    state: `ASSIGNMENT_STATE_${state}`,
    role: 'web',
    attempt: 1,
    instanceId: 'i-1',
    ...more,
  } as Assignment__Output;
}

/** Ends the wait once all of these were looked at. @returns the lines that were drawn */
async function linesOf(looks: (Assignment__Output | Error | null)[], columns?: number): Promise<string[]> {
  const { stderr, written } = terminal(columns);
  let finish = (): void => {};
  const work = new Promise<string>((resolve) => (finish = () => resolve('answer')));
  const left = [...looks];
  const look = async (): Promise<Assignment__Output | null> => {
    const next = left.shift();
    if (next === undefined) finish();
    if (next instanceof Error) throw next;
    return next ?? null;
  };
  expect(await withProgress(work, look, stderr)).toBe('answer');
  return written.join('').split('\r\u001b[K');
}

describe('progress while an assignment is waited for', () => {
  test('is one line, which is gone in the end', async () => {
    const lines = await linesOf([
      assignment('PENDING'),
      assignment('CLAIMED'),
      assignment('STARTING', { attempt: 2 }),
    ]);
    expect(lines.map((line) => line.replace(/, \d+ s$/, ''))).toEqual([
      '',
      'waiting for an instance of role web',
      'the order is on its way to i-1',
      'starting on i-1, attempt 2',
      '',
    ]);
  });

  test('says what is in the way, without control characters, and never wraps', async () => {
    const [, line = ''] = await linesOf(
      [new Error(`the coordinator\u001b[2J is away ${'x'.repeat(100)}`)],
      40,
    );
    expect(line).toMatch(/^the coordinator\\x1b\[2J is away x+$/);
    expect(line.length).toBe(39);
  });

  test('is not written where nobody looks', async () => {
    const { stderr, written } = terminal();
    stderr.isTTY = false;
    expect(await withProgress(Promise.resolve(1), () => Promise.resolve(null), stderr)).toBe(1);
    expect(written).toEqual([]);
  });
});
