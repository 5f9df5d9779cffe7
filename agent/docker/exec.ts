import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { asError, codeOf } from '../../proto/errors/cause.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { dockerError } from './errors.ts';
import { outputPieces, type OutputPiece } from './output-pieces.ts';

export interface TerminalSize {
  rows: number;
  columns: number;
}

export interface ExecWanted {
  command: readonly string[];
  stdin: boolean;
  tty: boolean;
  size: TerminalSize | undefined;
}

/** A command that runs in a container. */
export interface RunningExec {
  output: AsyncIterable<OutputPiece>;
  /** Resolves when there is room for more. */
  write(data: Buffer, signal: AbortSignal): Promise<void>;
  endInput(): void;
  resize(size: TerminalSize, signal: AbortSignal): Promise<void>;
  /** Waits until the command has ended: its output may end before. */
  exitCode(signal: AbortSignal): Promise<number>;
  /** Lets go of it; the command's input ends. */
  close(): void;
}

/** Milliseconds between two looks whether a command has ended whose output has. */
const look = 100;

/** @throws ParbakeError EXEC_FAILED, or as `dockerError` says */
export async function startExec(
  client: DockerClient,
  id: string,
  { command, stdin, tty, size }: ExecWanted,
  signal: AbortSignal,
): Promise<RunningExec> {
  const what = `run a command in ${id.slice(0, 12)}`;
  const made = await withDeadline(what, dockerDeadlines.create, signal, (abortSignal) =>
    client.getContainer(id).exec({
      Cmd: [...command],
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      abortSignal,
    }),
  );
  const stream = await withDeadline(what, dockerDeadlines.start, signal, (abortSignal) =>
    made.start({ hijack: true, stdin, Tty: tty, abortSignal }),
  );
  // Input that comes too late for a command that has ended is nobody's error.
  stream.on('error', () => {});
  const resize = async ({ rows, columns }: TerminalSize, by: AbortSignal): Promise<void> => {
    await withDeadline('resize a terminal', dockerDeadlines.inspect, by, (abortSignal) =>
      made.resize({ h: rows, w: columns, abortSignal }),
    );
  };
  // A command that has ended already has no terminal any more.
  if (tty && size !== undefined) await resize(size, signal).catch(() => {});
  return {
    output: outputOf(stream, tty, what, signal),
    async write(data, by) {
      if (!stream.writable || stream.write(data)) return;
      const done = new AbortController();
      const options = { signal: AbortSignal.any([by, done.signal]) };
      // A command that has ended takes nothing more, which its exit code tells.
      await Promise.race([once(stream, 'drain', options), once(stream, 'close', options)]).catch(() => {});
      done.abort();
    },
    endInput: () => void stream.end(),
    resize,
    async exitCode(by) {
      for (;;) {
        const { Running, ExitCode } = await withDeadline(what, dockerDeadlines.inspect, by, (abortSignal) =>
          made.inspect({ abortSignal }),
        );
        if (!Running) return ExitCode ?? 0;
        await pause(look, by);
        by.throwIfAborted();
      }
    },
    close: () => void stream.destroy(),
  };
}

async function* outputOf(
  stream: Duplex,
  tty: boolean,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<OutputPiece> {
  const stop = (): void => void stream.destroy(asError(signal.reason));
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (tty) yield* terminalPieces(stream);
    else yield* outputPieces(stream);
  } catch (cause) {
    signal.throwIfAborted();
    if (!['EPIPE', 'ECONNRESET'].includes(codeOf(cause) ?? '')) throw dockerError(cause, what);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Bytes of a piece. */
const maxPiece = 32 * 1024;

/** A terminal's output has no frames. */
async function* terminalPieces(source: AsyncIterable<Buffer>): AsyncGenerator<OutputPiece> {
  for await (const chunk of source)
    for (let at = 0; at < chunk.length; at += maxPiece)
      yield { stream: 'STDOUT', data: chunk.subarray(at, at + maxPiece) };
}
