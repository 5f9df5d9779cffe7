import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leaveVarLog } from '../../agent/scrub/journald.ts';
import { scrubRules, unitsToStop } from '../../agent/scrub/rules/all.ts';
import { stopUnits } from '../../agent/docker/service/stop.ts';

const { signal } = new AbortController();
let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'parbake-units-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A systemctl that writes down what it is asked to stop. */
function systemctl(failing: string): string {
  const program = join(directory, 'systemctl');
  const lines = ['#!/bin/sh', `echo "$2" >> ${join(directory, 'stopped')}`, failing];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  return program;
}
const stopped = (): string[] => readFileSync(join(directory, 'stopped'), 'utf8').trim().split('\n');

test('the agent first, then the socket before the service that it would start again, each once', async () => {
  const units = unitsToStop(scrubRules);
  await stopUnits(units, signal, systemctl(''));
  expect(stopped()).toEqual(units);
  expect(units.slice(0, 4)).toEqual([
    'parbake-agent.service',
    'docker.socket',
    'docker.service',
    'containerd.service',
  ]);
  expect(new Set(units).size).toBe(units.length);
  // It writes the seed again when it is stopped, so it has to be before the seed is removed.
  expect(units).toContain('systemd-random-seed.service');
});

test('a rule that is kept stops nothing but Docker', () => {
  const docker = unitsToStop([]);
  expect(unitsToStop(scrubRules.filter(({ id }) => id === 'ssm-agent'))).toEqual([
    ...docker,
    'amazon-ssm-agent.service',
    'snap.amazon-ssm-agent.amazon-ssm-agent.service',
  ]);
});

test('a unit that is not installed is passed over', async () => {
  const program = systemctl('echo "Failed to stop $2: Unit $2 not loaded." >&2; exit 5');
  await stopUnits(['ecs.service', 'docker.service'], signal, program);
  expect(stopped()).toEqual(['ecs.service', 'docker.service']);
});

test('a unit that does not stop ends the scrub', async () => {
  const program = systemctl('echo "Failed to stop $2: access denied" >&2; exit 1');
  await expect(stopUnits(['docker.service'], signal, program)).rejects.toMatchObject({
    code: 'SCRUB_FAILED',
  });
});

test('the journal leaves the disk; where it cannot be told to, or is absent, nothing happens', async () => {
  const journalctl = (script: string): string => {
    const program = join(directory, 'journalctl');
    writeFileSync(program, `#!/bin/sh\necho "$@" >> ${join(directory, 'told')}\n${script}\n`);
    chmodSync(program, 0o755);
    return program;
  };
  await leaveVarLog(signal, journalctl(''));
  expect(readFileSync(join(directory, 'told'), 'utf8')).toBe('--relinquish-var\n');
  await leaveVarLog(signal, journalctl('echo "journalctl: unrecognized option" >&2; exit 1'));
  await leaveVarLog(signal, join(directory, 'absent'));
  await expect(leaveVarLog(signal, journalctl('echo "No space left" >&2; exit 1'))).rejects.toMatchObject({
    code: 'SCRUB_FAILED',
  });
});
