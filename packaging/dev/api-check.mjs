// Lints the API's proto files with buf, and compares them with those of the last release, which is the newest tag.
// Until 1.0 a breaking change is allowed when CHANGELOG.md names it under "Breaking" of what is unreleased.
// usage: api-check.mjs [ROOT]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = join(dirname(fileURLToPath(import.meta.url)), '../..');
const root = resolve(process.argv[2] ?? home);
const buf = fileURLToPath(import.meta.resolve('@bufbuild/buf/bin/buf'));

process.exitCode = isClean() && isCompatible() ? 0 : 1;

function isClean() {
  return run('lint', 'proto');
}

function isCompatible() {
  const tag = lastTag();
  if (tag === undefined) {
    console.log('no release is tagged yet: there is nothing to compare the API with');
    return true;
  }
  const released = mkdtempSync(join(tmpdir(), 'parbake-api-'));
  try {
    const archive = execFileSync('git', ['archive', tag, 'proto'], { cwd: root, maxBuffer: 64 * 1024 ** 2 });
    execFileSync('tar', ['-x', '-C', released], { input: archive });
    if (run('breaking', 'proto', '--against', join(released, 'proto'))) return true;
  } finally {
    rmSync(released, { recursive: true, force: true });
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (!version.startsWith('0.')) {
    console.error(`the API of ${version} may not break what ${tag} promised`);
    return false;
  }
  if (breakingChanges().length > 0) return true;
  console.error(
    `this breaks the API of ${tag}: name each change under "Breaking" of CHANGELOG.md's Unreleased`,
  );
  return false;
}

/** @returns undefined when there is none, and where there is no repository, as in an archive of the sources */
function lastTag() {
  const { status, stdout } = spawnSync('git', ['describe', '--tags', '--abbrev=0'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** The lines under a heading "Breaking" of what is unreleased. */
function breakingChanges() {
  const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const unreleased = text.split(/^## /m).find((part) => part.startsWith('Unreleased')) ?? '';
  const breaking = unreleased.split(/^### /m).filter((part) => /^Breaking\b/.test(part));
  return breaking.flatMap((part) => part.split('\n').filter((line) => line.startsWith('- ')));
}

function run(...args) {
  const { status, error } = spawnSync(process.execPath, [buf, ...args], { cwd: root, stdio: 'inherit' });
  if (error !== undefined) console.error(`cannot run buf: ${error.message}`);
  return status === 0;
}
