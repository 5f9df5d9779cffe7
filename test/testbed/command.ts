import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';

/** What a program exited with and printed. */
export interface Ended {
  /** As a shell reports it: 128 and the signal's number when a signal ended the program. */
  exit: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** A file that the program reads as its stdin. */
  stdin?: string;
  /** Lets the program write to our own stderr, such as progress on a terminal. */
  sharesStderr?: boolean;
}

/**
 * Runs a program and waits until it exits, with whatever code.
 * @throws Error when it cannot be started
 */
export async function runToEnd(
  program: string,
  args: readonly string[],
  { stdin, sharesStderr = false, ...options }: CommandOptions = {},
): Promise<Ended> {
  const input = stdin === undefined ? undefined : openSync(stdin, 'r');
  const stdio = [input ?? 'ignore', 'pipe', sharesStderr ? 'inherit' : 'pipe'] as const;
  const child = spawn(program, args, { ...options, stdio: [...stdio] });
  if (input !== undefined) closeSync(input);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => (texts[name] += chunk));
  const exit = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  return { exit, ...texts };
}

/**
 * Runs a program that has to succeed.
 * @returns its stdout
 * @throws Error with its stderr when it exits with anything but 0
 */
export async function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exit, stdout, stderr } = await runToEnd(program, args, options);
  if (exit === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} exited with ${exit}: ${stderr.trim()}`);
}

/** @throws Error with everything that a program printed, when it failed */
export function succeeded({ exit, stdout, stderr }: Ended): void {
  if (exit !== 0) throw new Error(`it exited with ${exit}:\n${stdout}${stderr}`);
}
