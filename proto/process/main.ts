import type { CommandContext } from './command.ts';
import { exitCodes, type ExitCode } from '../errors/exit.ts';
import { createLogger, logLevels, type LogLevel } from './log.ts';

/** Runs a program with what a process has, until SIGINT or SIGTERM at the latest, and sets its exit code. */
export async function main(
  run: (argv: readonly string[], context: CommandContext) => Promise<ExitCode>,
): Promise<void> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  const wanted = process.env['PARBAKE_LOG_LEVEL'] ?? 'info';
  const level: LogLevel = logLevels.find((known) => known === wanted) ?? 'info';
  // For a program that comes to nothing: its loop is empty, and it has not ended.
  process.exitCode = exitCodes.failed;
  process.exitCode = await run(process.argv.slice(2), {
    self: [process.execPath, ...process.argv.slice(1, 2)],
    signal: controller.signal,
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    createLogger: (name) => createLogger(name, level),
  }).catch((cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    return exitCodes.failed;
  });
}
