import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { coordinatorProgram } from '../../coordinator/program.ts';
import { runInside } from '../support/run-command.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';

interface Check {
  check: string;
  result: string;
  detail: string;
  action: string;
}

const directory = mkdtempSync(join(tmpdir(), 'parbake-doctor-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (...names: string[]): string => join(directory, ...names);
const tls = (folder: string, name: string): string[] =>
  ['--tls-ca', at(folder, 'ca.pem')].concat(
    ['--tls-cert', at(folder, `${name}.pem`)],
    ['--tls-key', at(folder, `${name}.key`)],
  );

async function doctor(address: string, ...options: string[]): Promise<{ exit: number; checks: Check[] }> {
  const argv = ['doctor', '--json', '--coordinator', address, ...options];
  const { exit, stdout } = await runInside(operatorProgram, argv, { HOME: directory });
  return { exit, checks: (JSON.parse(stdout) as { checks: Check[] }).checks };
}

describe('parbake doctor', () => {
  let coordinator: CoordinatorProcess;
  let address: string;

  beforeAll(async () => {
    for (const folder of ['ours', 'theirs']) {
      const argv = ['ca', 'init', '--dir', at(folder), '--host', '127.0.0.1'];
      expect(await runInside(coordinatorProgram, argv)).toMatchObject({ exit: 0 });
    }
    coordinator = await startCoordinatorProcess(directory, [
      ...['--listen', `unix:${at('local.sock')}`],
      ...['--api-listen', '127.0.0.1:0', ...tls('ours', 'server')],
    ]);
    address = coordinator.addresses.at(-1) ?? '';
  });
  afterAll(async () => {
    await coordinator?.stop();
  });

  test('is content with a coordinator that answers over TLS', async () => {
    const { exit, checks } = await doctor(address, ...tls('ours', 'operator'));
    expect(checks.map(({ check, result }) => `${check}: ${result}`)).toEqual([
      'certificate of this caller: ok',
      'certificate of the coordinator: ok',
      'coordinator: ok',
      'pools: ok',
      'quarantine: ok',
      'agents: ok',
      'versions: ok',
    ]);
    expect(exit).toBe(0);
  });

  test('says which certificate is not trusted, and which name is missing', async () => {
    const foreign = await doctor(address, ...tls('theirs', 'operator'));
    expect(foreign.checks[1]).toMatchObject({
      check: 'certificate of the coordinator',
      result: 'failed',
    });
    expect(foreign.checks[1]?.detail).toContain('not signed by the CA in --tls-ca');
    const elsewhere = await doctor(
      address.replace('127.0.0.1', 'localhost'),
      ...tls('ours', 'operator'),
      ...['--tls-name', 'parbake.example'],
    );
    expect(elsewhere.checks[1]?.detail).toContain('parbake.example');
    expect([foreign.exit, elsewhere.exit]).toEqual([1, 1]);
    expect(elsewhere.checks.at(-1)).toMatchObject({ check: 'coordinator', result: 'failed' });
  });

  test('says that nothing answers, and what to do', async () => {
    await coordinator.stop();
    const { exit, checks } = await doctor(`unix:${at('local.sock')}`);
    expect(checks).toMatchObject([{ check: 'coordinator', result: 'failed' }]);
    expect(checks[0]?.detail).toContain('[COORDINATOR_UNREACHABLE]');
    expect(checks[0]?.action).not.toBe('');
    expect(exit).toBe(1);
  });
});
