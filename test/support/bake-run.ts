import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { bakeCommand } from '../../agent/bake/command.ts';
import { createLogger } from '../../proto/process/log.ts';
import { runProgram } from '../../proto/process/cli/program.ts';

export interface Ended {
  exit: number;
  stdout: string;
  stderr: string;
}

export interface BakeRun {
  /** Where the recipe is written, and its lock beside it. */
  directory: string;
  root: string;
  recipe: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** Called with all that a terminal would show. */
  onTerminal?: (text: string) => void;
}

/** Runs `bake` as the agent does, in this process. */
export async function runBake({ directory, root, recipe, ...options }: BakeRun): Promise<Ended> {
  const file = join(directory, 'parbake.yaml');
  writeFileSync(file, recipe);
  const stdout = new Sink();
  const stderr = new Sink(options.onTerminal);
  const args = ['bake', '--recipe', file, '--root', root, '--imds', 'off', ...(options.args ?? [])];
  const program = { name: 'parbake-agent', version: '0', summary: '', files: {}, commands: [bakeCommand] };
  const exit = await runProgram(program, args, {
    self: [process.execPath],
    isRoot: process.geteuid?.() === 0,
    signal: options.signal ?? new AbortController().signal,
    env: options.env ?? {},
    stdin: () => Readable.from([]),
    stdout,
    stderr,
    createLogger: (name) => createLogger(name, 'silent'),
  });
  return { exit, stdout: stdout.text, stderr: stderr.text };
}

export function recipeOf(...images: string[]): string {
  return `apiVersion: parbake/v1\nimages:\n${images.map((image) => `  - ${image}\n`).join('')}`;
}

/** What a command writes; a terminal when somebody watches it. */
class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly #onText: ((text: string) => void) | undefined;

  constructor(onText?: (text: string) => void) {
    super({ decodeStrings: false });
    this.isTTY = onText !== undefined;
    this.#onText = onText;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    this.#onText?.(chunk);
    done();
  }
}
