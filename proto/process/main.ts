import type { CommandContext } from './command.ts';
import { codeOf, reasonOf } from '../errors/cause.ts';
import { exitCodes } from '../errors/exit.ts';
import { forTerminal } from './terminal-text.ts';
import { createLogger } from './log.ts';

export interface MainOptions {
  /**
   * Milliseconds that a program may take to clean up after the first SIGINT or SIGTERM. It then ends, even if something does not
   * answer, and a second signal ends it at once. Without it, the program takes the time that it needs.
   */
  cleanUpMs?: number;
}

/** Runs a program with what a process has, until SIGINT or SIGTERM at the latest, and sets its exit code. */
export async function main(
  run: (argv: readonly string[], context: CommandContext) => Promise<number>,
  { cleanUpMs }: MainOptions = {},
): Promise<void> {
  const controller = new AbortController();
  const interrupt = interruption(controller, cleanUpMs);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  const output = watchOutput(controller);
  // A program whose event loop runs empty has not ended as it should.
  process.exitCode = exitCodes.failed;
  const exit = await run(process.argv.slice(2), {
    self: [process.execPath, ...process.argv.slice(1, 2)],
    signal: controller.signal,
    isRoot: process.geteuid?.() === 0,
    env: process.env,
    // Made when somebody reads it: a program with an open standard input would not end.
    stdin: () => process.stdin,
    stdout: guarded(process.stdout),
    stderr: guarded(process.stderr),
    createLogger,
  }).catch((cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    return exitCodes.failed;
  });
  const ended = output.hasFailed() ? exitCodes.failed : exit;
  process.exitCode = ended;
  // A connection to a server that no longer answers would keep the process alive.
  if (controller.signal.aborted && cleanUpMs !== undefined) endOnceWritten(ended);
}

/** A terminal and a parent process may both pass on one press of Ctrl-C, within milliseconds. */
const samePressMs = 50;

/** @returns what a signal does: the first aborts; with a limit for cleaning up, the second ends the process */
function interruption(controller: AbortController, cleanUpMs: number | undefined): () => void {
  let interruptedAt: number | undefined;
  return () => {
    const now = performance.now();
    controller.abort();
    if (cleanUpMs === undefined) return;
    if (interruptedAt !== undefined) {
      if (now - interruptedAt > samePressMs) process.exit(exitCodes.failed);
      return;
    }
    interruptedAt = now;
    setTimeout(() => {
      process.stderr.write('interrupted: what it waited for did not answer, and was left as it is\n');
      endOnceWritten(exitCodes.failed);
    }, cleanUpMs).unref();
  };
}

/** Pipes are written asynchronously, and an exit would cut off what they still have to take. */
function endOnceWritten(exit: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)));
}

/** The one place through which text gets to a terminal. What goes to a file or a program is left as it is. */
function guarded(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (!stream.isTTY) return stream;
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: never[]): boolean =>
    write(typeof chunk === 'string' ? forTerminal(chunk) : chunk, ...rest);
  return stream;
}

/**
 * A reader that goes away, such as `head`, ends the program without an error: it has what it wanted. Output that cannot
 * be written for another reason, such as a full disk, is a failure.
 */
function watchOutput(controller: AbortController): { hasFailed(): boolean } {
  let hasFailed = false;
  process.stdout.on('error', (cause: Error) => {
    controller.abort();
    if (codeOf(cause) === 'EPIPE' || hasFailed) return;
    hasFailed = true;
    process.exitCode = exitCodes.failed;
    process.stderr.write(`cannot write the result: ${reasonOf(cause)}\n`);
  });
  // Without a reader of messages there is nobody to tell.
  process.stderr.on('error', () => {});
  return { hasFailed: () => hasFailed };
}
