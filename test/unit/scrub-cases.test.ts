import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { builderRoot } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

let root: string;
beforeEach(() => void (root = builderRoot([])));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (name: string): string => join(root, name);
const scrubIt = (...args: string[]) => runCommand(scrubCommand, ['--root', root, '--yes', ...args]);
const failed = async (): Promise<string[]> => {
  const { rules } = await verify(rootAt(root));
  return rules.filter(({ passed }) => !passed).map(({ id, found }) => `${id}: ${found.join(' ')}`);
};

test('B3: an absent machine-id is created empty, and verify fails without it', async () => {
  expect(await failed()).toEqual(['machine-id: /etc/machine-id']);
  expect((await scrubIt()).exit).toBe(0);
  expect(readFileSync(path('etc/machine-id'), 'utf8')).toBe('');
  expect(statSync(path('etc/machine-id')).mode & 0o777).toBe(0o444);
  expect((await verify(rootAt(root))).sealed).toBe(true);
  rmSync(path('etc/machine-id'));
  const { sealed } = await verify(rootAt(root));
  expect([sealed, await failed()]).toEqual([false, ['machine-id: /etc/machine-id']]);
});
