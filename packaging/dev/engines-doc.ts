import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerReleaseNames } from '../../test/testbed/docker-releases.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');
const file = join(project, 'docs/engines.md');

/** What users rely on, and the tests that try it on real Engines. */
const behaviours: readonly [what: string, test: string][] = [
  ['pull, tag, lock and manifest', 'integration/bake-manifest.test.ts'],
  ['every byte read back, damage found and named', 'integration/bake-bytes.test.ts'],
  ["archives of other builders' making", 'integration/bake-bytes-archives.test.ts'],
  ['programs of a recipe checked against its images', 'integration/program-check.test.ts'],
  ['logins and credential helpers', 'integration/bake-logins.test.ts'],
  ['signatures', 'integration/bake-signatures.test.ts'],
  ['a data root on a disk of its own', 'integration/data-disk.test.ts'],
  ['scrub, seal, and clones with identities of their own', 'integration/scrub.test.ts'],
  ['user namespaces (userns-remap)', 'integration/scrub-userns.test.ts'],
  ['the proof that clones share nothing that they must not', 'integration/proof.test.ts'],
  ['snap, rootless and Podman are refused; a stopped Engine', 'integration/other-engines.test.ts'],
  ['containers prepared and started behind the gate', 'e2e/prepare.test.ts'],
  ['restarts of Docker and of the agent', 'e2e/restarts.test.ts'],
  ['failures of Docker that pass', 'e2e/transient.test.ts'],
];

/** Releases that people run and the tests may not have. */
const others = ['23.0', '24.0', '25.0', '27', '28', '29'];
const releases = dockerReleaseNames.map((name) => name.replace('docker-', ''));
const [oldest = '', newest = ''] = [releases[0], releases.at(-1)];
const untested = others.filter((one) => !releases.some((release) => release.startsWith(one)));

/** @returns the releases on which a test runs, by what it says about them itself */
function releasesOf(source: string): readonly string[] {
  if (/\b(?:dockerEras|dockerReleaseNames)\b/.test(source)) return releases;
  return /\bnewestDocker\b/.test(source) ? [newest] : [oldest];
}

function row([what, test]: (typeof behaviours)[number]): string {
  const source = readFileSync(join(project, 'test', test), 'utf8');
  const tested = releasesOf(source);
  const otherwise = source.includes('newestDocker') ? 'at night' : '*not tested*';
  const cells = releases.map((release) => (tested.includes(release) ? 'tested' : otherwise));
  const isInContainerd = source.includes('containerd-snapshotter');
  return `| [${what}](../test/${test}) | ${[...cells, isInContainerd ? 'tested' : '*not tested*'].join(' | ')} |`;
}

const text = `# Docker Engines

What the tests try on which Docker Engine. This page is made from the sources of the tests by
\`packaging/dev/engines-doc.ts\`, and \`npm run check\` compares both: a cell is
*tested* where the test of its row runs on that release, with real Engines, at every change, and *at night* where
\`.ci/nightly\` runs it.

| | ${releases.join(' | ')} | ${newest}, images in containerd |
|---|${[...releases, ''].map(() => '---|').join('')}
${behaviours.map(row).join('\n')}

*Not tested* at all: ${untested.join(', ')}. Docker ${oldest} is Debian 12's, ${newest} Debian 13's. From 29 on, new installations keep
images in containerd. Nothing but Docker is supported: a bake and a scrub refuse Podman by name, and a scrub refuses to seal
while a dockerd of a snap or a rootless one runs.
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/engines.md differs from the tests (run "node packaging/dev/engines-doc.ts")');
  process.exitCode = 1;
}
