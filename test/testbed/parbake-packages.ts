import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { command } from './command.ts';
import { madeOnce } from './made-once.ts';

const project = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
const cache = join(project, 'node_modules/.cache/parbake');
const day = 24 * 60 * 60_000;
const sources = [
  ...['agent', 'coordinator', 'proto', 'package.json', 'package-lock.json'],
  ...['deb', 'gate', 'systemd', 'cloud-init', 'package', 'dev'].map((name) => `packaging/${name}`),
];

/** The agent's Debian package. */
export const agentPackage = (): Promise<string> => debianPackage('agent');
/** The coordinator's Debian package. */
export const coordinatorPackage = (): Promise<string> => debianPackage('coordinator');

/** A package is made once for the sources as they are: the same sources give the same bytes. */
async function debianPackage(product: 'agent' | 'coordinator'): Promise<string> {
  const directory = join(cache, `package-${product}-${digestOfSources()}`);
  await madeOnce(directory, async (making) => {
    removeOld();
    const options = [product, '--format', 'deb', '--fast', '--output', making];
    await command(process.execPath, [join(project, 'packaging/package/main.ts'), ...options]);
  });
  return join(directory, `parbake-${product}_${version}_amd64.deb`);
}

/** Removes the packages of sources that nobody has any more. */
function removeOld(): void {
  for (const entry of existsSync(cache) ? readdirSync(cache) : []) {
    const path = join(cache, entry);
    if (entry.startsWith('package-') && statSync(path).mtimeMs < Date.now() - day)
      rmSync(path, { recursive: true, force: true });
  }
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const top of sources) {
    const path = join(project, top);
    if (!existsSync(path)) continue;
    const files = statSync(path).isFile()
      ? [path]
      : readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort();
    for (const file of files) hash.update(relative(project, file)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}
