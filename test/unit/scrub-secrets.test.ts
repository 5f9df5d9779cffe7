import { rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { parseSecrets, searchImage, searchRoot } from '../../agent/scrub/secret-search.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
import { builderRoot, canaryOf } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

const { signal } = new AbortController();
const secret = 'correct-horse-battery';

let root: string;
beforeEach(() => void (root = builderRoot([])));
afterEach(() => rmSync(root, { recursive: true, force: true }));
const write = (name: string, content: string | Buffer): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), content);
};
const search = async () => (await searchRoot(rootAt(root), [secret], signal)).map(({ place }) => place);

test('finds nothing where nothing is', async () => {
  expect(await search()).toEqual([]);
});

test('finds the canary of every rule', async () => {
  rmSync(root, { recursive: true });
  root = builderRoot();
  const ids = scrubRules.map(({ id }) => id);
  const found = await searchRoot(rootAt(root), ids.map(canaryOf), signal);
  const missed = ids.filter((_, index) => !found.some((one) => one.secret === index + 1));
  // A pid file has no text of ours.
  expect(missed).toEqual(['docker-pid-files']);
});

test.each([0, 1, 2])('finds it in base64 with %i bytes before it', async (count) => {
  write('login', Buffer.from(`${'u'.repeat(count)}${secret}:rest`).toString('base64'));
  expect(await search()).toEqual(['/login']);
});

test('finds it across the border of two reads, once', async () => {
  const image = join(root, 'disk');
  const place = (1 << 20) - 5;
  write('disk', Buffer.concat([Buffer.alloc(place, 'x'), Buffer.from(secret), Buffer.alloc(100)]));
  expect(await searchImage(image, [secret], signal)).toEqual([
    { secret: 1, place: `byte ${place}`, copies: 1 },
  ]);
});

test('finds it in names and in targets of links, and follows none', async () => {
  write(`tmp/${secret}.txt`, '');
  symlinkSync(`/somewhere/${secret}`, join(root, 'link'));
  symlinkSync('/', join(root, 'loop'));
  expect((await search()).sort()).toEqual(['/link', `/tmp/${secret}.txt`]);
});

test('a list of secrets that cannot mean anything is refused', () => {
  expect(parseSecrets(`${secret}\n`)).toEqual([secret]);
  expect(() => parseSecrets('\n')).toThrow('empty');
  expect(() => parseSecrets(`${secret}\n\n${secret}`)).toThrow('secret 2');
});

test('verify tells a secret by its line and its place, and never prints it', async () => {
  write('opt/app/settings', `password=${secret}`);
  const list = `${root}.secrets`;
  writeFileSync(list, `not-on-the-image\n${secret}\n`);
  const ended = await runCommand(verifyCommand, ['--root', root, '--secrets', list, '--json']);
  rmSync(list);
  expect(ended.exit).toBe(1);
  expect((JSON.parse(ended.stdout) as { secrets: unknown }).secrets).toEqual([
    { secret: 2, place: '/opt/app/settings' },
  ]);
  expect(ended.stderr).toContain('secret 2 at /opt/app/settings');
  expect(ended.stdout + ended.stderr).not.toContain(secret);
});
