import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const home = join(dirname(fileURLToPath(import.meta.url)), '../..');
const config = readFileSync(join(home, 'proto/buf.yaml'), 'utf8');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parbake-api-check-'));
  mkdirSync(join(root, 'proto/acme/v1'), { recursive: true });
  put('proto/buf.yaml', config);
  put('proto/acme/v1/thing.proto', protoWith('string name = 1;'));
  put(
    'CHANGELOG.md',
    '# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n\n## 0.1.0\n\n### Breaking\n- Old.\n',
  );
  put('package.json', '{ "version": "0.2.0" }');
});

afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

function protoWith(field: string): string {
  return `syntax = "proto3";\n\npackage acme.v1;\n\n// A thing.\nmessage Thing {\n  // Its name.\n  ${field}\n}\n`;
}

function tag(): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...identity, 'commit', '-qm', 'Release'],
    ['tag', 'v0.1.0'],
  ])
    execFileSync('git', args, { cwd: root });
}

function check(): { status: number | null; said: string } {
  const args = [join(home, 'packaging/dev/api-check.mjs'), root];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test('without a release there is nothing to compare the API with', () => {
  expect(check()).toMatchObject({ status: 0, said: expect.stringContaining('no release is tagged yet') });
});

test('a field without a comment is refused', () => {
  put('proto/acme/v1/thing.proto', protoWith('string name = 1;\n  string other = 2;'));
  expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('"other"') });
});

test('a new field does not break a release, a changed one does', () => {
  tag();
  put('proto/acme/v1/thing.proto', protoWith('string name = 1;\n  // Its size.\n  int32 size = 2;'));
  expect(check().status).toBe(0);
  put('proto/acme/v1/thing.proto', protoWith('int32 name = 1;'));
  expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('breaks the API of v0.1.0') });
});

test('before 1.0 a breaking change needs a line in the changelog, from 1.0 on it is refused', () => {
  tag();
  put('proto/acme/v1/thing.proto', protoWith('int32 name = 1;'));
  put('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n### Breaking\n- `Thing.name` is a number.\n');
  expect(check().status).toBe(0);
  put('package.json', '{ "version": "1.1.0" }');
  expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('may not break') });
});
