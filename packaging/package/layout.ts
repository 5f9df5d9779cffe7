import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { GateArchitecture } from '../dev/gate-build.ts';
import { manualPage } from './manual.ts';
import { readAgentUnit } from './unit.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const packaging = join(root, 'packaging');

export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};
export const maintainer = 'Parbake contributors <contributors@parbake.invalid>';
/** Of the package's documents on an instance. */
export const documents = 'usr/share/doc/parbake-agent';
/** A person's settings, and what "cloud-init clean" runs. What was changed in them stays over an upgrade. */
const settings = 'etc/default/parbake-agent';
const cleaner = 'etc/cloud/clean.d/50-parbake';
export const configuration = [settings, cleaner] as const;
/** systemd's units that are enabled where the package is installed; none is started by the installation of it. */
export const units = [
  'parbake-agent.service',
  'parbake-read-ahead.service',
  'parbake-first-boot.service',
  'parbake-ssh-host-keys.service',
] as const;

export interface Parts {
  /** Where the bundle is. */
  dist: string;
  /** Where packages go. */
  output: string;
  /** Node's own program and licence. */
  node: string;
  gate: string;
}

/** Puts under `stage` what any package of the agent has on an instance. Modes are set last, by `setModes`. */
export function layOut(stage: string, { dist, node, gate }: Parts): void {
  const put = (to: string, from: string): void => {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    cpSync(from, join(stage, to), { recursive: true });
  };
  put('usr/lib/parbake/node', join(node, 'bin/node'));
  // Our Node runs it by its name: in a package a script's first line would have to name one that the package depends on.
  const program = readFileSync(join(dist, 'parbake-agent.js'), 'utf8').replace(/^#!.*\n/, '');
  mkdirSync(join(stage, 'usr/lib/parbake/agent'));
  writeFileSync(join(stage, 'usr/lib/parbake/agent/parbake-agent.mjs'), program);
  for (const part of readdirSync(dist).filter((name) => /^parbake-agent-\w+\.c?js$/.test(name)))
    put(`usr/lib/parbake/agent/${part}`, join(dist, part));
  put('usr/lib/parbake/agent/proto', join(dist, 'proto'));
  put('usr/lib/parbake/gate', gate);
  const snapshot = readFileSync(join(packaging, 'systemd/make-snapshot'), 'utf8');
  writeFileSync(
    join(stage, 'usr/lib/parbake/make-snapshot'),
    snapshot.replace('@OPTIONS@', readAgentUnit().options.join(' ')),
  );
  put('usr/lib/parbake/read-ahead', join(packaging, 'systemd/read-ahead'));
  put('usr/bin/parbake-agent', join(packaging, 'deb/parbake-agent.sh'));
  for (const unit of units) put(`usr/lib/systemd/system/${unit}`, join(packaging, 'systemd', unit));
  put(settings, join(packaging, 'systemd/parbake-agent.default'));
  put(cleaner, join(packaging, 'cloud-init/clean.d/50-parbake'));
  put(`${documents}/README.md`, join(packaging, 'deb/README.md'));
  // As in the checkout, the program finds its version one directory up.
  writeFileSync(
    join(stage, 'usr/lib/parbake/package.json'),
    `${JSON.stringify({ version, type: 'module' })}\n`,
  );
  const notices = readFileSync(join(dist, 'parbake-agent.licences.txt'), 'utf8');
  writeFileSync(join(stage, documents, 'copyright'), copyright(notices));
  const texts = `${notices}\n${'-'.repeat(72)}\nNode.js\n\n${readFileSync(join(node, 'LICENSE'), 'utf8')}`;
  putGzipped(stage, `${documents}/third-party-notices.gz`, texts);
  putGzipped(stage, 'usr/share/man/man1/parbake-agent.1.gz', manualPage(join(dist, 'parbake-agent.js')));
}

/** Without a name or a time in it. */
export function putGzipped(stage: string, to: string, text: string): void {
  mkdirSync(dirname(join(stage, to)), { recursive: true });
  writeFileSync(join(stage, to), gzipSync(text, { level: 9 }));
}

/** The same whatever the umask is. @param programs that are executable beside those of the layout */
export function setModes(stage: string, programs: readonly string[] = []): void {
  const executable = new Set([
    ...[
      'usr/bin/parbake-agent',
      'usr/lib/parbake/node',
      'usr/lib/parbake/gate',
      'usr/lib/parbake/make-snapshot',
      'usr/lib/parbake/read-ahead',
      cleaner,
    ],
    ...programs,
  ]);
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

/** Names and licences; their texts are beside it. */
function copyright(notices: string): string {
  const parts = [...notices.matchAll(/^-{72}\n(.+)\nLicense: (.+)$/gm)];
  return `Copyright 2026, the contributors of Parbake
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.

/usr/lib/parbake/node is Node.js, unchanged. Copyright Node.js contributors
License: MIT, and those of the libraries in it

/usr/lib/parbake/agent has these npm packages in it:
${parts.map(([, name, licence]) => ` ${name}: ${licence}\n`).join('')}
Their texts are in /usr/share/doc/parbake-agent/third-party-notices.gz.
`;
}
