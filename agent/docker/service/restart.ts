import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Root } from '../../host/root.ts';
import { hasSystemd, stopUnits, dockerUnits } from './stop.ts';
import { reasonOf } from '../../../proto/errors/cause.ts';

/** Milliseconds: dockerd looks at every image at its start, from a disk of which nothing is in memory. */
const startDeadline = 300_000;

/**
 * How Docker is stopped and started again, so that its own start can be recorded.
 * @returns undefined where systemd does not run it: another program's child is nobody else's to start
 */
export function engineRestart(
  root: Root,
): ((signal: AbortSignal) => Promise<() => Promise<void>>) | undefined {
  if (!hasSystemd(root)) return undefined;
  return async (signal) => {
    await stopUnits(dockerUnits, signal);
    return startDocker;
  };
}

async function startDocker(): Promise<void> {
  try {
    await promisify(execFile)('systemctl', ['start', 'docker.service'], { timeout: startDeadline });
  } catch (cause) {
    const reason = reasonOf(cause).trim();
    throw new ParbakeError('DOCKER_UNAVAILABLE', `Docker did not start again: ${reason}`, { cause });
  }
}
