import { kill } from 'node:process';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ParbakeError } from '../../proto/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Root } from '../host/root.ts';

const run = promisify(execFile);

/** Milliseconds. dockerd gives each container ten seconds to end. */
const stopDeadline = 60_000;
const interval = 50;

/** The socket unit first: a connection to it would start the service again, with a new identity. */
const units = ['docker.socket', 'docker.service'];

/**
 * Stops the Engine of a root: by systemd where it runs the machine whose root this is, otherwise by the pid in
 * the pid file. Does nothing when none runs.
 * @throws ParbakeError SCRUB_REFUSED when the pid is not dockerd's; SCRUB_FAILED when it does not end
 */
export async function stopDocker(root: Root, pidFile: string, signal: AbortSignal): Promise<void> {
  if (root.dir === '/' && existsSync('/run/systemd/system')) await stopUnits(signal);
  const pid = await runningPid(pidFile);
  if (pid === undefined) return;
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  if (name !== 'dockerd')
    throw new ParbakeError(
      'SCRUB_REFUSED',
      `${pidFile} names process ${pid}, which is ${name || 'gone'}, not dockerd`,
    );
  kill(pid, 'SIGTERM');
  await awaitEnd(pid, signal);
}

/** The process a pid file names, if that process lives. */
export async function runningPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = /^\d+$/.test(text.trim()) ? Number(text.trim()) : undefined;
  return pid !== undefined && existsSync(`/proc/${pid}`) ? pid : undefined;
}

async function stopUnits(signal: AbortSignal): Promise<void> {
  for (const unit of units) {
    try {
      await run('systemctl', ['stop', unit], { signal, timeout: stopDeadline });
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      if (/not loaded|not found/i.test(text)) continue;
      throw new ParbakeError('SCRUB_FAILED', `cannot stop ${unit}: ${text.trim()}`, { cause });
    }
  }
}

async function awaitEnd(pid: number, signal: AbortSignal): Promise<void> {
  for (let waited = 0; existsSync(`/proc/${pid}`); waited += interval) {
    if (signal.aborted)
      throw new ParbakeError('INTERRUPTED', 'the scrub was interrupted while Docker stopped');
    if (waited > stopDeadline)
      throw new ParbakeError(
        'SCRUB_FAILED',
        `dockerd (process ${pid}) did not end in ${stopDeadline / 1000} s`,
      );
    await pause(interval, signal);
  }
}
