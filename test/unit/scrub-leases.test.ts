import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { keepLeasesInMemory } from '../../agent/scrub/leases.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { builderRoot } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

const { signal } = new AbortController();
let root: string;
beforeEach(() => void (root = builderRoot(['dhcp-leases'])));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (name: string): string => join(root, name);

test.each([
  'var/lib/dhcp/dhclient.eth0.leases',
  'var/lib/dhcpcd/duid',
  'var/lib/NetworkManager/internal-eth0.lease',
])('B21: %s that a client wrote after the seal breaks it, by name', async (lease) => {
  expect((await runCommand(scrubCommand, ['--root', root, '--yes'])).exit).toBe(0);
  expect((await verify(rootAt(root))).sealed).toBe(true);
  mkdirSync(dirname(path(lease)), { recursive: true });
  writeFileSync(path(lease), 'default-duid "\\000\\001";\n');
  const { sealed, rules } = await verify(rootAt(root));
  const failed = rules.filter(({ passed }) => !passed).map(({ id, found }) => [id, ...found]);
  expect([sealed, failed]).toEqual([false, [['dhcp-leases', `/${lease}`]]]);
});

test('B21: memory covers the directories of DHCP clients, with their owners and modes, and no link', async () => {
  const program = path('mount');
  const told = path('told');
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${told}\n`);
  chmodSync(program, 0o755);
  rmSync(path('var/lib/dhcp'), { recursive: true, force: true });
  symlinkSync('/tmp', path('var/lib/dhcp'));
  mkdirSync(path('var/lib/NetworkManager'), { recursive: true });
  chmodSync(path('var/lib/NetworkManager'), 0o700);
  await keepLeasesInMemory(rootAt(root), signal, program);
  const lines = readFileSync(told, 'utf8').trim().split('\n');
  expect(lines.find((line) => line.endsWith('/var/lib/NetworkManager'))).toMatch(/mode=700,uid=\d+,gid=\d+ /);
  expect(lines.filter((line) => line.endsWith('/var/lib/dhcp'))).toEqual([]);
  writeFileSync(program, '#!/bin/sh\necho "mount: permission denied" >&2\nexit 32\n');
  await expect(keepLeasesInMemory(rootAt(root), signal, program)).rejects.toMatchObject({
    code: 'SCRUB_FAILED',
    message: expect.stringContaining('permission denied'),
  });
});
