import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentProgram } from '../../agent/program.ts';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { coordinatorProgram } from '../../coordinator/program.ts';
import { completionScript } from '../../proto/process/cli/completion.ts';
import { unpackShells, type Shells } from '../testbed/shells.ts';
import { packagingMissing } from '../support/requirement.ts';

const missing = packagingMissing(['/usr/bin/apt-get', '/usr/bin/dpkg-deb']);

describe.skipIf(missing !== undefined)(`completion in other shells than bash ${missing ?? ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-completion-'));
  let shells: Shells;
  beforeAll(async () => {
    shells = await unpackShells(directory);
    for (const program of [operatorProgram, agentProgram, coordinatorProgram])
      for (const shell of ['zsh', 'fish'] as const)
        writeFileSync(scriptOf(program.name, shell), completionScript(program, shell));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const scriptOf = (program: string, shell: string): string => join(directory, `${program}.${shell}`);

  test.each([
    ['parbake rol', ['roles']],
    ['parbake roles ', ['apply', 'delete', 'list']],
    ['parbake instances --state REA', ['READY']],
    ['parbake roles apply --tls-c', ['--tls-ca', '--tls-cert']],
    ['parbake --ver', ['--version']],
    ['parbake instances --he', ['--help']],
    ['parbake completion f', ['fish']],
    ['parbake help inst', ['instances']],
    ['parbake-agent run --replay o', ['off', 'on']],
    ['parbake-coordinator serve --log-level sil', ['silent']],
  ])('fish offers after "%s": %j', async (line, expected) => {
    const script = scriptOf(line.split(' ')[0] ?? '', 'fish');
    expect((await shells.offeredByFish(script, line)).sort()).toEqual(expected);
  });

  test.each([
    [
      'parbake',
      {
        'parbake inst': 'parbake instances ',
        'parbake roles ap': 'parbake roles apply ',
        'parbake instances --state REA': 'parbake instances --state READY ',
        'parbake roles apply --tls-k': 'parbake roles apply --tls-key ',
        'parbake --ver': 'parbake --version ',
        'parbake completion f': 'parbake completion fish ',
        'parbake help inst': 'parbake help instances ',
      },
    ],
    ['parbake-agent', { 'parbake-agent run --replay of': 'parbake-agent run --replay off ' }],
    [
      'parbake-coordinator',
      { 'parbake-coordinator serve --log-level sil': 'parbake-coordinator serve --log-level silent ' },
    ],
  ])('zsh completes command lines of %s', async (program, expected) => {
    const completed = await shells.completedByZsh(scriptOf(program, 'zsh'), Object.keys(expected));
    expect(completed.map((line) => line.trim())).toEqual(Object.values(expected).map((line) => line.trim()));
  });
});
