import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { JsonLines } from '../core/json-lines.ts';
import type { UnitProgress } from '../core/replay/plan.ts';
import type { ReplayReport } from './command.ts';
import { replayDeadlines } from './deadlines.ts';

export interface StartReplayOptions {
  /** How the agent is called, such as `['/usr/bin/node', '/usr/lib/parbake/parbake-agent.js']`. */
  program: readonly string[];
  /** The environment of the reader. */
  env: Readonly<Record<string, string | undefined>>;
  /** The image's root; `/` on an instance. */
  root: string;
  device?: string;
  /** Roles in the order in which they matter. */
  prefer?: readonly string[];
  /** Reads under way at once: 5 are enough for gp3, 40 for io2. */
  inFlight?: number;
  /** Ends the replay. */
  signal: AbortSignal;
  /** At most a hundred times for each unit. */
  onProgress?: (progress: UnitProgress[]) => void;
}

/** A replay in a process of its own. */
export interface RunningReplay {
  /** An order came for this role: what it needs is read next, the others' last. */
  prefer(role: string): void;
  /** An order came, and it shall have the disk for itself. Resolves when nothing is read any more. */
  stop(): Promise<void>;
  /**
   * What was read, also after a stop.
   * @throws ParbakeError of `parbake-agent replay`, or INTERRUPTED when the reader ended without a word
   */
  readonly done: Promise<ReplayReport>;
}

type Reader = ChildProcessByStdio<Writable, Readable, Readable>;

const defaultInFlight = 32;
/** Threads of the reader that are left for what is not a read of the replay. */
const spareThreads = 4;

/**
 * Starts `parbake-agent replay` beside the agent: it has threads of its own for many reads in flight, the idle class of
 * the I/O scheduler, so that whatever else reads comes first, and its memory goes when it ends. Nothing is read when
 * nothing was recorded. The reader ends with the agent.
 */
export function startReplay(options: StartReplayOptions): RunningReplay {
  const inFlight = options.inFlight ?? defaultInFlight;
  const args = ['replay', '--control', '--root', options.root, '--in-flight', String(inFlight)];
  if (options.device !== undefined) args.push('--device', options.device);
  for (const role of options.prefer ?? []) args.push('--prefer', role);
  // -t: where the class cannot be had, it runs without it.
  const reader = spawn('ionice', ['-c', '3', '-t', ...options.program, ...args], {
    env: { ...options.env, UV_THREADPOOL_SIZE: String(inFlight + spareThreads) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // It may have ended by itself just before it is told something.
  reader.stdin.on('error', () => {});
  const tell = (order: { prefer: string } | { stop: true }): void => {
    if (reader.stdin.writable) reader.stdin.write(`${JSON.stringify(order)}\n`);
  };
  const done = result(reader, options.onProgress);
  // Whoever does not ask for the result shall not be ended by it.
  done.catch(() => {});
  const stop = async (): Promise<void> => {
    tell({ stop: true });
    const kill = setTimeout(() => reader.kill('SIGKILL'), replayDeadlines.stopMs);
    await done.catch(() => {});
    clearTimeout(kill);
  };
  const onAbort = (): void => void stop();
  if (options.signal.aborted) onAbort();
  else options.signal.addEventListener('abort', onAbort, { once: true });
  void done.catch(() => {}).finally(() => options.signal.removeEventListener('abort', onAbort));
  return { prefer: (role) => tell({ prefer: role }), stop, done };
}

function result(reader: Reader, onProgress: StartReplayOptions['onProgress']): Promise<ReplayReport> {
  return new Promise((resolve, reject) => {
    const lines = new JsonLines();
    let report: ReplayReport | undefined;
    let errors = '';
    reader.stdout.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk) as { progress?: UnitProgress[]; report?: ReplayReport }[]) {
        if (line.progress !== undefined) onProgress?.(line.progress);
        report = line.report ?? report;
      }
    });
    reader.stderr.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-4000)));
    reader.on('error', (cause) =>
      reject(new ParbakeError('INTERRUPTED', `the replay cannot be started: ${cause.message}`, { cause })),
    );
    reader.on('close', (code, signal) => {
      if (report !== undefined) resolve(report);
      else
        reject(
          new ParbakeError(
            'INTERRUPTED',
            `the replay ended with ${String(signal ?? code)} before it was done: ${errors.trim()}`,
          ),
        );
    });
  });
}
