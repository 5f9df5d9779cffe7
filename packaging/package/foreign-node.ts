import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateArchitecture } from '../dev/gate-build.ts';

interface Locked {
  version: string;
  [field: string]: unknown;
}

/**
 * Another architecture's Node from npm, checked against the lock file's hash, once for each version.
 * @returns the npm package's directory
 * @throws Error with what npm says
 */
export function fetchNode(root: string, architecture: GateArchitecture): string {
  const name = `node-linux-${architecture}`;
  const path = `node_modules/${name}`;
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const locked = lock.packages[path];
  if (locked === undefined) throw new Error(`package-lock.json has no ${name}`);
  const place = join(root, 'node_modules/.cache/parbake', `${name}-${locked.version}`);
  if (existsSync(join(place, path, 'bin/node'))) return join(place, path);
  const making = `${place}.${process.pid}`;
  try {
    mkdirSync(making, { recursive: true });
    const project = {
      name: 'parbake-node',
      version: '0.0.0',
      optionalDependencies: { [name]: locked.version },
    };
    const packages = { '': project, [path]: locked };
    const write = (file: string, content: unknown): void =>
      writeFileSync(join(making, file), JSON.stringify(content));
    write('package.json', { ...project, private: true });
    write('package-lock.json', { ...project, lockfileVersion: 3, requires: true, packages });
    // Optional: npm holds what is required against the machine that it runs on, and not against what it is told.
    const options = ['--os=linux', `--cpu=${architecture}`, '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['ci', ...options, '--loglevel=error'], { cwd: making, stdio: 'inherit' });
    if (!existsSync(join(making, path, 'bin/node')))
      throw new Error(`npm did not install ${name} ${locked.version}`);
    rmSync(place, { recursive: true, force: true });
    renameSync(making, place);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return join(place, path);
}
