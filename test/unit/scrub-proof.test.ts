import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canariesIn, forWantOf } from '../proof/clones.ts';
import { compareIdentities, namedRules, type FactSheet, type Identity } from '../proof/compare.ts';
import { isProven, type TargetProof } from '../proof/document.ts';

const engineId = (value: string): Identity => ({
  kind: 'engine id',
  value,
  rule: 'docker-engine-id',
  isRequired: true,
});
const machineId = (value: string): Identity => ({
  kind: 'machine id',
  value,
  rule: 'machine-id',
  isRequired: true,
});
const sheet = (machine: string, ...identities: Identity[]): FactSheet => ({ machine, identities });
const builder = sheet('builder', engineId('parent'), machineId('parent-machine'));

test('nothing is wrong with clones that differ', () => {
  const clones = [sheet('a', engineId('1'), machineId('2')), sheet('b', engineId('3'), machineId('4'))];
  expect(compareIdentities(builder, clones)).toEqual([]);
});

test('names a rule for what two clones share', () => {
  const findings = compareIdentities(builder, [sheet('a', engineId('1')), sheet('b', engineId('1'))]);
  expect(findings).toEqual([
    { kind: 'duplicate', rule: 'docker-engine-id', text: 'b and a have one engine id' },
  ]);
});

test('names a rule for what a clone has from the builder', () => {
  const findings = compareIdentities(builder, [sheet('a', engineId('parent'))]);
  expect(findings.map(({ kind }) => kind)).toEqual(['parent']);
  expect(namedRules(findings)).toEqual(['docker-engine-id']);
});

test("names the rule of the builder's value, wherever a clone has it", () => {
  const copy: Identity = { ...machineId('copy'), kind: 'copy of the machine id', rule: 'dbus-machine-id' };
  const findings = compareIdentities(sheet('builder', copy), [
    sheet('a', machineId('copy')),
    sheet('b', machineId('copy')),
  ]);
  expect(namedRules(findings)).toEqual(['dbus-machine-id']);
});

test('an identity that has to be there must not be empty, another one may', () => {
  expect(namedRules(compareIdentities(builder, [sheet('a', engineId(''))]))).toEqual(['docker-engine-id']);
  const optional = { ...engineId(''), isRequired: false };
  expect(compareIdentities(builder, [sheet('a', optional), sheet('b', optional)])).toEqual([]);
});

test('what names no rule is told apart', () => {
  expect(namedRules([{ kind: 'boot', rule: undefined, text: '' }])).toEqual(['?']);
});

test('is proven only without a problem, and with every control caught by name', () => {
  const target: TargetProof = {
    target: 'docker-26.1',
    clones: 2,
    identities_compared: 12,
    duplicates: [],
    parent_matches: [],
    canaries_planted: 1,
    canaries_found: 0,
    images_match_manifest: true,
    problems: [],
  };
  const control = { rule: 'logs', target: 'docker-26.1', caught: true, named: true, named_rules: ['logs'] };
  expect(isProven({ targets: [target], controls: [control] })).toBe(true);
  expect(isProven({ targets: [{ ...target, problems: ['x'] }], controls: [control] })).toBe(false);
  expect(isProven({ targets: [target], controls: [{ ...control, named: false }] })).toBe(false);
});

test('a canary in a place that a left-out rule would have removed names that rule', async () => {
  const root = mkdtempSync(join(tmpdir(), 'parbake-canary-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const id = '0123456789abcdef0123456789abcdef';
  for (const directory of [`var/log/journal/${id}`, 'root', 'etc'])
    mkdirSync(join(root, directory), { recursive: true });
  for (const file of ['root/.bash_history', 'etc/machine-id']) writeFileSync(join(root, file), `${id}\n`);
  const found = await canariesIn(root, new Map([['machine-id', id]]), 'a clone');
  expect(namedRules(found)).toEqual(['machine-id']);
  const named = async (rule: string): Promise<[string, string | undefined][]> =>
    (await forWantOf(rule, root, found)).map((one) => [one.place ?? '', one.rule]);
  expect(await named('logs')).toContainEqual([`/var/log/journal/${id}`, 'logs']);
  expect(await named('logs')).toContainEqual(['/root/.bash_history', 'machine-id']);
  expect(await named('histories')).toContainEqual(['/root/.bash_history', 'histories']);
  expect(await named('histories')).toContainEqual(['/etc/machine-id', 'machine-id']);
});
