import { spawn } from 'node:child_process';
import type { Ended } from './run-command.ts';

/** Runs a program to its end, whatever that is. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (chunk: string) => (texts[name] += chunk));
  }
  const exit = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  return { exit, ...texts };
}

/** @throws Error with everything that a program said, when it failed */
export function succeeded({ exit, stdout, stderr }: Ended): void {
  if (exit !== 0) throw new Error(`it ended with ${exit}:\n${stdout}${stderr}`);
}
