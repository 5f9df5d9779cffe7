import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { GateArchitecture } from '../dev/gate-build.ts';
import type { Parts } from './product.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const packaging = join(root, 'packaging');

export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};
export const maintainer = 'Parbake contributors <contributors@parbake.invalid>';

export function put(stage: string, to: string, from: string): void {
  mkdirSync(dirname(join(stage, to)), { recursive: true });
  cpSync(from, join(stage, to), { recursive: true });
}

export function putText(stage: string, to: string, text: string): void {
  mkdirSync(dirname(join(stage, to)), { recursive: true });
  writeFileSync(join(stage, to), text);
}

/** The archive holds neither a name nor a time. */
export function putGzipped(stage: string, to: string, text: string): void {
  mkdirSync(dirname(join(stage, to)), { recursive: true });
  writeFileSync(join(stage, to), gzipSync(text, { level: 9 }));
}

/** Puts the locked Node into `lib`, and where a program looks for its version: one directory above itself. */
export function putNode(stage: string, lib: string, { node }: Parts): void {
  put(stage, `${lib}/node`, join(node, 'bin/node'));
  putText(stage, `${lib}/package.json`, `${JSON.stringify({ version, type: 'module' })}\n`);
}

/** Puts a bundled program and its chunks into `directory`. */
export function putProgram(stage: string, directory: string, dist: string, name: string): void {
  // The wrapper in /usr/bin names our Node; a first line here would have to name one that the package depends on.
  const program = readFileSync(join(dist, `${name}.js`), 'utf8').replace(/^#!.*\n/, '');
  putText(stage, `${directory}/${name}.mjs`, program);
  // "parbake" is also how the names of the other programs begin.
  const others = ['parbake-agent', 'parbake-coordinator'].filter((other) => other !== name);
  const isPart = (file: string): boolean =>
    file.startsWith(`${name}-`) &&
    /\.c?js$/.test(file) &&
    !others.some((other) => other.length > name.length && file.startsWith(other));
  for (const part of readdirSync(dist).filter(isPart)) put(stage, `${directory}/${part}`, join(dist, part));
}

/** The licences of everything in a package, and its README. @param lib where its Node and its bundles are */
export function putDocuments(
  stage: string,
  { dist, node }: Parts,
  documents: { name: string; lib: string; bundles: readonly string[]; readme: string },
): void {
  const { name, lib, bundles, readme } = documents;
  const place = `usr/share/doc/${name}`;
  put(stage, `${place}/README.md`, readme);
  const notices = bundles.map((bundle) => readFileSync(join(dist, `${bundle}.licences.txt`), 'utf8'));
  putText(stage, `${place}/copyright`, copyright(notices.join('\n'), place, lib));
  const texts = [...notices, `${'-'.repeat(72)}\nNode.js\n\n${readFileSync(join(node, 'LICENSE'), 'utf8')}`];
  putGzipped(stage, `${place}/third-party-notices.gz`, texts.join('\n'));
}

/** The modes are the same whatever the umask is. @param programs paths that are executable */
export function setModes(stage: string, programs: readonly string[]): void {
  const executable = new Set(programs);
  chmodSync(stage, 0o755);
  for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isExecutable = entry.isDirectory() || executable.has(path.slice(stage.length + 1));
    chmodSync(path, isExecutable ? 0o755 : 0o644);
  }
}

export function bytesBelow(directory: string): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** @returns the npm package with the Node for an architecture */
export function nodeOf(architecture: GateArchitecture): string {
  return join(root, `node_modules/node-linux-${architecture}`);
}

/** Names and licences; their texts are in a file beside it. */
function copyright(notices: string, place: string, lib: string): string {
  const found = [...notices.matchAll(/^-{72}\n(.+)\nLicense: (.+)$/gm)];
  const parts = new Map(found.map(([, name = '', licence = '']) => [name, licence]));
  return `Copyright 2026, the contributors of Parbake
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.

/${lib}/node is Node.js, unchanged. Copyright Node.js contributors
License: MIT, and those of the libraries in it

/${lib} contains these npm packages:
${[...parts].map(([name, licence]) => ` ${name}: ${licence}\n`).join('')}
Their texts are in /${place}/third-party-notices.gz.
`;
}
