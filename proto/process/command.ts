import type { Logger } from './log.ts';
import type { ExitCode } from '../errors/exit.ts';

/** What a command is given instead of globals, so that several can run in one test process. */
export interface CommandContext {
  /** How this program is called, to start it again beside itself: the runtime and its script. */
  self: readonly string[];
  /** Aborts on SIGINT and SIGTERM. */
  signal: AbortSignal;
  env: Readonly<Record<string, string | undefined>>;
  /** Results: text for a person, or one JSON document with --json. */
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Progress and logs. */
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  createLogger: (name: string) => Logger;
}

/** One subcommand of a program. */
export interface Command {
  name: string;
  /** One line for the program's --help. */
  summary: string;
  /** The command's own --help: usage, options, an example. */
  help: string;
  /** Throws a ParbakeError for every expected failure. */
  run(args: string[], context: CommandContext): Promise<ExitCode>;
}

/** A command whose code is loaded when it is called: the daemon does not carry what only a bake needs. */
export interface DeferredCommand extends Pick<Command, 'name' | 'summary'> {
  load(): Promise<Command>;
}
