import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../testbed/command.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What a person would call; here from the sources. */
export const programs = {
  'parbake-agent': join(project, 'agent/main.ts'),
  parbake: join(project, 'coordinator/cli/main.ts'),
} as const;

/**
 * Runs one of our programs as a person would.
 * @param showProgress lets it draw on our stderr, which has to be a terminal
 * @returns its stdout
 * @throws Error with its stderr when it exits with anything but 0
 */
export async function runProgram(
  program: keyof typeof programs,
  args: readonly string[],
  showProgress = false,
): Promise<string> {
  const ended = await runToEnd(process.execPath, [programs[program], ...args], {
    sharesStderr: showProgress,
  });
  if (ended.exit === 0) return ended.stdout;
  const said = ended.stderr.trim();
  throw new Error(`${program} ${args[0] ?? ''} exited with ${ended.exit}${said === '' ? '' : `: ${said}`}`);
}
