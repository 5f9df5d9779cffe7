import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What a person would call; here from the sources. */
export const programs = {
  'parbake-agent': join(project, 'agent/main.ts'),
  parbake: join(project, 'coordinator/cli/main.ts'),
} as const;

/**
 * Runs one of our programs as a person would, to its end.
 * @param showProgress lets it draw on our stderr, which has to be a terminal
 * @returns its stdout
 * @throws Error with its stderr when it ends with anything but 0
 */
export async function runProgram(
  program: keyof typeof programs,
  args: readonly string[],
  showProgress = false,
): Promise<string> {
  const stderr = showProgress ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [programs[program], ...args], { stdio: ['ignore', 'pipe', stderr] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return Buffer.concat(out).toString();
  const said = Buffer.concat(err).toString().trim();
  throw new Error(`${program} ${args[0] ?? ''} ended with ${String(code)}${said === '' ? '' : `: ${said}`}`);
}
