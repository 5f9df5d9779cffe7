import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packagingMissing } from '../support/requirement.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');
const missing = packagingMissing(['/usr/bin/systemd-analyze']);

test
  .skipIf(missing !== undefined)
  .each([
    'parbake-agent',
    'parbake-read-ahead',
    'parbake-first-boot',
    'parbake-block-metadata',
    'parbake-ssh-host-keys',
  ])('finding 29: %s.service is confined, by the judgement of systemd', (unit) => {
  const file = join(project, `packaging/systemd/${unit}.service`);
  // Of 100. The rest is what the agent needs: root, Docker's socket, the network, block devices.
  const options = ['security', '--no-pager', '--offline=true', '--threshold=29'];
  expect(spawnSync('systemd-analyze', [...options, file], { encoding: 'utf8' })).toMatchObject({ status: 0 });
});
