import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from './wait.ts';

/** A program that the testbed started; its output goes to a file. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly logFile: string;
  /** What has been written to the log since this start: a restarted program appends to the log of the one before. */
  log(): string;
  /** Its exit code, or the signal that ended it; undefined while it runs. */
  ended(): number | NodeJS.Signals | undefined;
  /** Sends the signal, waits for the end, and after `graceMs` kills. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

export function startProgram(
  program: string,
  args: readonly string[],
  logFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Started {
  const log = openSync(logFile, 'a');
  const { size: before } = fstatSync(log);
  const child = spawn(program, args, { stdio: ['ignore', log, log], env, detached: true });
  closeSync(log);
  let end: number | NodeJS.Signals | undefined;
  child.on('exit', (code, signal) => (end = signal ?? code ?? 0));
  child.on('error', () => (end = 127));
  if (child.pid === undefined) throw new Error(`cannot start ${program}`);
  const { pid } = child;
  return {
    child,
    pid,
    logFile,
    log: () => readFileSync(logFile).subarray(before).toString(),
    ended: () => end,
    async stop(signal = 'SIGTERM', graceMs = 10_000) {
      if (end !== undefined) return;
      child.kill(signal);
      await waitFor(`${program} to end`, () => end !== undefined, graceMs).catch(() => child.kill('SIGKILL'));
      await waitFor(`${program} to be gone`, () => end !== undefined);
    },
  };
}

/** Every process that uses a directory: named in its command line, or in the file system it has as its root. */
export async function processesOf(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc'))
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const uses = await Promise.all(pids.map((pid) => usesDirectory(pid, directory)));
  return pids.filter((_, index) => uses[index]);
}

async function usesDirectory(pid: number, directory: string): Promise<boolean> {
  const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (cmdline.split('\0').some((argument) => argument.includes(`${directory}/`))) return true;
  // A container's process: its root is an overlay of layers below the directory.
  const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
  return mounts.split('\n').some((line) => line.split(' ')[4] === '/' && line.includes(`${directory}/`));
}

/** Milliseconds: what waits for a busy disk is not even killed before that answers. */
const sweepDeadline = 120_000;

/** Kills what still uses a directory, until nothing does. */
export async function sweepProcesses(directory: string): Promise<void> {
  const isSwept = async (): Promise<boolean> => {
    const left = await processesOf(directory);
    for (const pid of left) kill(pid);
    return left.length === 0;
  };
  await waitFor(`processes of ${directory} to end`, isSwept, sweepDeadline);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
    thaw(pid);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** In control groups of version 1, what is paused is not even killed. */
function thaw(pid: number): void {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  const group = /^\d+:freezer:\/(.+)$/m.exec(groups)?.[1];
  if (group !== undefined) writeFileSync(join('/sys/fs/cgroup/freezer', group, 'freezer.state'), 'THAWED');
}
