import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { CallersFound, CallersOrder, CallersSaid } from './fleet-callers.ts';

/**
 * Asks for assignments from a process of its own. What is released afterwards, and the machines that come in the place of
 * those that were taken, are not part of what is measured.
 * @param used milliseconds of processor time that those who are measured have used
 */
export async function askForAssignments(
  order: CallersOrder,
  used: () => number,
): Promise<CallersFound & { cpu: number }> {
  const child = fork(join(import.meta.dirname, 'fleet-callers.ts'), [JSON.stringify(order)]);
  let before = 0;
  let found: (CallersFound & { cpu: number }) | undefined;
  return await new Promise((resolve, reject) => {
    child.on('message', (said: CallersSaid) => {
      if (said.kind === 'begins') before = used();
      if (said.kind === 'asked') {
        found = { ...said, cpu: used() - before };
        child.send('release');
      }
      if (said.kind === 'released' && found !== undefined) resolve(found);
    });
    child.on('exit', (code) => reject(new Error(`the callers ended with ${code}`)));
  });
}
