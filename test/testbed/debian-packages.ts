import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import { command } from './command.ts';

/** The Debian archive's key, which a package installs everywhere. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Fetches packages of a Debian release from the mirror that the machine's package manager uses, and unpacks them
 * without what they depend on. Installs nothing and leaves the machine's package state alone.
 * @param into a new directory
 * @returns the packages' versions
 * @throws Error with the first mirror's answer when none has them
 */
export async function unpackDebianPackages(
  suite: string,
  packages: readonly string[],
  into: string,
): Promise<Record<string, string>> {
  const failures: string[] = [];
  for (const mirror of await mirrors()) {
    mkdirSync(dirname(into), { recursive: true });
    const scratch = mkdtempSync(`${into}.`);
    try {
      return await fetchFrom(mirror, suite, packages, into, scratch);
    } catch (cause) {
      rmSync(into, { recursive: true, force: true });
      failures.push(reasonOf(cause));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  throw new Error(failures[0] ?? 'the package manager of this machine names no Debian mirror');
}

/** Where the machine's own packages come from. */
async function mirrors(): Promise<string[]> {
  const format = ['--format', '$(REPO_URI) $(COMPONENT)', 'Identifier: Packages'];
  const lines = (await command('apt-get', ['indextargets', ...format])).split('\n');
  const found = lines.map((line) => line.trim().split(/\s+/));
  const debian = found.filter(([uri = '', component]) => /\/debian\/?$/.test(uri) && component === 'main');
  return [...new Set(debian.map(([uri = '']) => uri))];
}

async function fetchFrom(
  uri: string,
  suite: string,
  packages: readonly string[],
  into: string,
  scratch: string,
): Promise<Record<string, string>> {
  const below = (path: string): string => join(scratch, path);
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'packages'])
    mkdirSync(below(path), { recursive: true });
  mkdirSync(into, { recursive: true });
  writeFileSync(below('status'), '');
  const source = [`Types: deb`, `URIs: ${uri}`, `Suites: ${suite}`, 'Components: main'];
  writeFileSync(below('debian.sources'), `${[...source, `Signed-By: ${keyring}`].join('\n')}\n`);
  const settings = [
    `Dir::Etc::SourceList=${below('debian.sources')}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State=${below('state')}`,
    `Dir::State::Lists=${below('state/lists')}`,
    `Dir::State::Status=${below('status')}`,
    `Dir::Cache=${below('cache')}`,
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
    'APT::Update::Error-Mode=any',
  ].flatMap((setting) => ['-o', setting]);
  await command('apt-get', [...settings, '--quiet', 'update']);
  await command('apt-get', [...settings, '--quiet', 'download', ...packages], { cwd: below('packages') });
  const files = readdirSync(below('packages')).sort();
  for (const file of files) await command('dpkg-deb', ['-x', join(below('packages'), file), into]);
  const named = files.map((file) => file.split('_'));
  return Object.fromEntries(
    named.map(([name = '', version = '']) => [name, decodeURIComponent(version)] as const),
  );
}
