import type { Logger, LogLevel } from './log.ts';

/** A standard input. Only a terminal has a mode. */
export type Input = NodeJS.ReadableStream & {
  isTTY?: boolean;
  setRawMode?: (isRaw: boolean) => unknown;
  destroy?: () => unknown;
};

export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/** What a command is given instead of globals, so that several can run in one test process. */
export interface CommandContext {
  /** How this program is called, to start it again beside itself: the runtime and its script. */
  self: readonly string[];
  /** Aborts on SIGINT and SIGTERM. */
  signal: AbortSignal;
  /** Whether the user of the process is root. */
  isRoot: boolean;
  env: Readonly<Record<string, string | undefined>>;
  /** What is typed, or comes from a file or a program. */
  stdin: () => Input;
  /** Results: text for a person, or one JSON document with --json. */
  stdout: Output;
  /** Progress and logs. */
  stderr: Output;
  createLogger: (name: string, level: LogLevel) => Logger;
}
