import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportToServiceManager, tellStatus } from '../../proto/process/service-manager.ts';
import { waitFor } from '../testbed/wait.ts';
import { createLogger } from '../../proto/process/log.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'parbake-notify-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const logger = createLogger('test', 'silent');

/** Stands in for systemd's program: writes down what it is told, and by whom it is to be heard. */
function systemdNotify(ending = ''): string {
  const program = join(directory, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${join(directory, 'told')}\n${ending}\n`);
  chmodSync(program, 0o755);
  return program;
}
const told = (): string[] => {
  const file = join(directory, 'told');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

test('says once that it is ready where no watchdog is asked for', async () => {
  const { signal } = new AbortController();
  await reportToServiceManager({ NOTIFY_SOCKET: '/run/systemd/notify' }, logger, signal, systemdNotify());
  expect(told()).toEqual(['/run/systemd/notify --ready']);
});

test('feeds the watchdog until it is to end, also when systemd cannot be told now and then', async () => {
  const ending = new AbortController();
  const env = { NOTIFY_SOCKET: '@notify', WATCHDOG_USEC: '3000' };
  const reporting = reportToServiceManager(env, logger, ending.signal, systemdNotify('exit 1'));
  await waitFor('the watchdog to be fed', () => told().length > 3);
  ending.abort();
  await reporting;
  expect(told().slice(0, 3)).toEqual(['@notify --ready', '@notify WATCHDOG=1', '@notify WATCHDOG=1']);
});

test('sets the line that systemctl shows of the service', async () => {
  const { signal } = new AbortController();
  const text = 'waiting for settings: x; y';
  await tellStatus({ NOTIFY_SOCKET: '@notify' }, text, logger, signal, systemdNotify());
  await tellStatus({}, 'not below systemd', logger, signal, systemdNotify());
  expect(told()).toEqual([`@notify --status=${text}`]);
});

test('does nothing where systemd did not start it, and survives where its program is absent', async () => {
  const { signal } = new AbortController();
  await reportToServiceManager({}, logger, signal, systemdNotify());
  expect(told()).toEqual([]);
  await reportToServiceManager({ NOTIFY_SOCKET: '@notify' }, logger, signal, join(directory, 'absent'));
});
