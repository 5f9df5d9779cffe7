import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.ts';
import { madeOnce } from './made-once.ts';

const cache = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/parbake');

/**
 * Installs Python programs that only tests need once, beside our own packages.
 * @param requirements each with its version
 * @returns the directory for PYTHONPATH; programs are in its `bin`
 */
export async function pythonPackages(requirements: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12);
  const name = /^[\w-]+/.exec(requirements[0] ?? '')?.[0] ?? 'python';
  return await madeOnce(join(cache, `${name}-${digest}`), async (making) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
    await command('python3', ['-m', 'pip', 'install', ...quiet, '--target', making, ...requirements]);
  });
}
