import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/**
 * Runs a program to its end and gives its stdout.
 * @param options.stdin a file that it reads as its stdin
 * @throws Error with its stderr when it exits with anything but 0
 */
export async function command(
  program: string,
  args: readonly string[],
  { stdin, ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; stdin?: string } = {},
): Promise<string> {
  const input = stdin === undefined ? undefined : openSync(stdin, 'r');
  const child = spawn(program, args, { ...options, stdio: [input ?? 'ignore', 'pipe', 'pipe'] });
  if (input !== undefined) closeSync(input);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return Buffer.concat(out).toString();
  throw new Error(
    `${program} ${args.join(' ')} ended with ${String(code)}: ${Buffer.concat(err).toString().trim()}`,
  );
}
