import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { JsonLines } from '../core/json-lines.ts';
import type { UnitProgress } from '../core/replay/plan.ts';
import type { ReplayReport } from './command.ts';
import { replayDeadlines } from './deadlines.ts';

export interface StartReplayOptions {
  /** The agent's command line, such as `['/usr/bin/node', '/usr/lib/parbake/parbake-agent.js']`. */
  program: readonly string[];
  /** Environment of the reader. */
  env: Readonly<Record<string, string | undefined>>;
  /** The image's root; `/` on an instance. */
  root: string;
  device?: string;
  /** Roles in the order in which they matter. */
  prefer?: readonly string[];
  /** Number of reads in flight: 5 are enough for gp3, 40 for io2. */
  inFlight?: number;
  /** Ends the replay. */
  signal: AbortSignal;
  /** Called at most a hundred times for each unit. */
  onProgress?: (progress: UnitProgress[]) => void;
}

/** A replay in a process of its own. */
export interface RunningReplay {
  /** Reads this role's data next and the others' last, because an order came for it. */
  prefer(role: string): void;
  /** Stops reading, because an order needs the disk. Resolves when no read is in flight. */
  stop(): Promise<void>;
  /**
   * Resolves with what was read, also after a stop.
   * @throws ParbakeError whatever `parbake-agent replay` reports; INTERRUPTED when the reader ended without a report
   */
  readonly done: Promise<ReplayReport>;
}

type Reader = ChildProcessByStdio<Writable, Readable, Readable>;

const defaultInFlight = 32;
/** Threads of the reader that stay free for anything but the replay's reads. */
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
  // -t: ignore it when the class is not available.
  const reader = spawn('ionice', ['-c', '3', '-t', ...options.program, ...args], {
    env: { ...options.env, UV_THREADPOOL_SIZE: String(inFlight + spareThreads) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The reader may have ended just before it is told something.
  reader.stdin.on('error', () => {});
  const tell = (order: { prefer: string } | { stop: true }): void => {
    if (reader.stdin.writable) reader.stdin.write(`${JSON.stringify(order)}\n`);
  };
  const done = result(reader, options.onProgress);
  // A caller that does not ask for the result must not be ended by its rejection.
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
