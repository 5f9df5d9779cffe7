import type { Logger, LogLevel } from './log.ts';

/** What a command is given instead of globals, so that several can run in one test process. */
export interface CommandContext {
  /** How this program is called, to start it again beside itself: the runtime and its script. */
  self: readonly string[];
  /** Aborts on SIGINT and SIGTERM. */
  signal: AbortSignal;
  /** Whether the user of the process is root. */
  isRoot: boolean;
  env: Readonly<Record<string, string | undefined>>;
  /** Results: text for a person, or one JSON document with --json. */
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Progress and logs. */
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  createLogger: (name: string, level: LogLevel) => Logger;
}
