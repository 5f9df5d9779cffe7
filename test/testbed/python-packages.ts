import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.ts';

const cache = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/parbake');

/**
 * Installs Python programs that only tests need once, beside our own packages.
 * @param requirements each with its version
 * @returns the directory for PYTHONPATH; programs are in its `bin`
 */
export async function pythonPackages(requirements: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12);
  const name = /^[\w-]+/.exec(requirements[0] ?? '')?.[0] ?? 'python';
  const directory = join(cache, `${name}-${digest}`);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(`${directory}.`);
  try {
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
    await command('python3', ['-m', 'pip', 'install', ...quiet, '--target', temporary, ...requirements]);
    // Another process may have been faster; what it made is the same.
    if (!existsSync(directory)) renameSync(temporary, directory);
    return directory;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
