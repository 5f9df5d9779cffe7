import { toParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { pause } from '../../proto/process/tasks.ts';
import { printable, stateName } from '../insight/format.ts';

/** Milliseconds between two looks; an answer that comes sooner is all that a person wants to see. */
const interval = 500;

/**
 * Shows on a terminal how far an assignment is while somebody waits for it, in one line that is gone in the end. Elsewhere
 * nothing is written.
 * @param look reads the assignment; what it throws is shown
 */
export async function withProgress<T>(
  work: Promise<T>,
  look: () => Promise<Assignment__Output | null>,
  stderr: CommandContext['stderr'],
): Promise<T> {
  if (stderr.isTTY !== true) return await work;
  const over = new AbortController();
  const showing = show(look, stderr, over.signal);
  try {
    return await work;
  } finally {
    over.abort();
    await showing;
  }
}

async function show(
  look: () => Promise<Assignment__Output | null>,
  stderr: CommandContext['stderr'],
  over: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  let isShown = false;
  for (;;) {
    await pause(interval, over);
    if (over.aborted) break;
    const text = await look().then(stepText, (cause: unknown) => toParbakeError(cause).message);
    if (over.aborted) break;
    const seconds = Math.round((performance.now() - begun) / 1000);
    // A wrapped line could not be taken back.
    const line = `${printable(text)}, ${seconds} s`.slice(0, Math.max((stderr.columns ?? 80) - 1, 20));
    stderr.write(`\r\u001b[K${line}`);
    isShown = true;
  }
  if (isShown) stderr.write('\r\u001b[K');
}

function stepText(assignment: Assignment__Output | null): string {
  if (assignment === null) return 'waiting for the coordinator';
  const { role, attempt, instanceId } = assignment;
  const state = stateName(assignment.state);
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  if (state === 'PENDING') return `waiting for an instance of role ${role}${again}`;
  if (state === 'CLAIMED') return `the order is on its way to ${instanceId}${again}`;
  return `${state === 'SERVING' ? 'serving' : 'starting'} on ${instanceId}${again}`;
}
