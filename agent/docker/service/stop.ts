import { kill } from 'node:process';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { pause } from '../../../proto/process/tasks.ts';
import type { Root } from '../../host/root.ts';
import { dockerProcesses, isAlive, type DockerProcess } from './process.ts';
import { mountsInside } from '../../host/mounts.ts';
import { resolveInRoot } from '../../host/resolve.ts';

/** Docker's own: the socket first, since a connection to it would start the service again, with a new identity. */
export const dockerUnits = ['docker.socket', 'docker.service', 'containerd.service'];

const run = promisify(execFile);

/** Milliseconds: more than the 90 s that systemd gives a service by default. */
const stopDeadline = 120_000;
const interval = 50;

export interface StopRequest {
  root: Root;
  /** On this machine. */
  pidFile: string;
  /** Whether a person named the pid file. */
  isPidFileNamed: boolean;
  /** Below the root. */
  dataRoot: string;
  /** systemd's units to stop first, in order. */
  units: readonly string[];
  /** Whether systemd runs the machine whose root this is. */
  hasSystemd: boolean;
  signal: AbortSignal;
}

export function hasSystemd(root: Root): boolean {
  return root.dir === '/' && existsSync('/run/systemd/system');
}

/** Whether systemd has the Engine running; asking its socket instead would start it. */
export async function isServiceActive(signal: AbortSignal): Promise<boolean> {
  return await run('systemctl', ['is-active', '--quiet', 'docker.service'], { signal, timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * Stops the Engine of a root and waits until its processes and its mounts are gone. Does nothing when none runs.
 * @throws ParbakeError SCRUB_FAILED when it does not end, INTERRUPTED
 */
export async function stopDocker(request: StopRequest): Promise<void> {
  const { root, pidFile, isPidFileNamed, signal } = request;
  if (request.hasSystemd) await stopUnits(request.units, signal);
  const processes = await dockerProcesses(root, pidFile, isPidFileNamed);
  const end = Date.now() + stopDeadline;
  // dockerd ends its containerd itself; one whose dockerd was killed has to be told.
  for (const role of ['dockerd', 'containerd'] as const)
    await endAll(
      processes.filter((process) => process.role === role),
      end,
      signal,
    );
  const isMounted = async (): Promise<string[]> => await mountsBelow(root, request.dataRoot);
  // When the process is gone, nothing is left to unmount the rest.
  while ((await isMounted()).length > 0 && processes.length > 0 && Date.now() < end) await turn(signal);
  const mounts = await isMounted();
  if (mounts.length > 0)
    throw new ParbakeError('SCRUB_FAILED', `still mounted below the data root: ${mounts.join(', ')}`);
}

/** @param systemctl another program in tests */
export async function stopUnits(
  units: readonly string[],
  signal: AbortSignal,
  systemctl = 'systemctl',
): Promise<void> {
  for (const unit of units) {
    try {
      await run(systemctl, ['stop', unit], { signal, timeout: stopDeadline });
    } catch (cause) {
      const text = reasonOf(cause).trim();
      if (signal.aborted) throw interrupted(cause);
      if (/not loaded|not found/i.test(text)) continue;
      throw new ParbakeError('SCRUB_FAILED', `cannot stop ${unit}: ${text}`, { cause });
    }
  }
}

async function endAll(processes: readonly DockerProcess[], end: number, signal: AbortSignal): Promise<void> {
  for (const process of processes) {
    if (!(await isAlive(process))) continue;
    try {
      kill(process.pid, 'SIGTERM');
    } catch (cause) {
      if (!(await isAlive(process))) continue;
      const reason = reasonOf(cause);
      throw new ParbakeError('SCRUB_FAILED', `cannot stop ${nameOf(process)}: ${reason}`, { cause });
    }
    while (await isAlive(process)) {
      if (Date.now() > end)
        throw new ParbakeError('SCRUB_FAILED', `${nameOf(process)} did not end in ${stopDeadline / 1000} s`);
      await turn(signal);
    }
  }
}

function nameOf({ role, pid }: DockerProcess): string {
  return `${role} (process ${pid})`;
}

async function turn(signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw interrupted(signal.reason);
  await pause(interval, signal);
}

function interrupted(cause: unknown): ParbakeError {
  return new ParbakeError('INTERRUPTED', 'the scrub was interrupted while Docker stopped', { cause });
}

/**
 * What is mounted inside Docker's tree. Not the data root, nor a directory of its own such as `overlay2`: these may be
 * file systems of the machine.
 */
async function mountsBelow(root: Root, dataRoot: string): Promise<string[]> {
  const place = await resolveInRoot(root, dataRoot);
  if (place === undefined) return [];
  return (await mountsInside(root)).filter(
    (point) => point.startsWith(`${place}/`) && point.slice(place.length + 1).split('/').length > 1,
  );
}
