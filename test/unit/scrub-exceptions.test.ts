import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { builderRoot, treeOf } from '../support/builder-root.ts';
import { manifestViolations } from '../support/manifest-schema.ts';
import { runCommand } from '../support/run-command.ts';

const consents = ['containers', 'volumes', 'plugins', 'build-cache', 'swarm'].map(
  (name) => `--remove-${name}`,
);

let root: string;
beforeEach(() => void (root = builderRoot()));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (...args: string[]) => runCommand(scrubCommand, ['--root', root, ...args]);
const path = (name: string): string => join(root, name);
const seal = () => (JSON.parse(readFileSync(path(manifestPath), 'utf8')) as Manifest).seal;

describe('exceptions', () => {
  test('/etc/parbake/scrub.yaml leaves rules out', async () => {
    mkdirSync(path('etc/parbake'), { recursive: true });
    writeFileSync(path('etc/parbake/scrub.yaml'), 'keep: [hostname, logs]\n');
    expect((await run('--yes', ...consents)).exit).toBe(0);
    expect(seal()?.kept).toEqual(['hostname', 'logs']);
    expect(existsSync(path('etc/hostname'))).toBe(true);
  });

  test('are sealed with the reason that somebody gave, the first one', async () => {
    mkdirSync(path('etc/parbake'), { recursive: true });
    const file = 'keep:\n  - logs\n  - hostname: our own scheme\n  - machine-id: overruled\n';
    writeFileSync(path('etc/parbake/scrub.yaml'), file);
    const asked = ['--keep', 'machine-id=a licence = its id', '--keep', 'package-caches'];
    expect((await run('--yes', ...consents, ...asked)).exit).toBe(0);
    expect(seal()?.kept).toEqual(['machine-id', 'package-caches', 'logs', 'hostname']);
    expect(seal()?.keptBecause).toEqual([
      { rule: 'machine-id', why: 'a licence = its id' },
      { rule: 'hostname', why: 'our own scheme' },
    ]);
    expect(manifestViolations(JSON.parse(readFileSync(path(manifestPath), 'utf8')))).toEqual([]);
  });

  test.each([
    ['hostname=', 'why hostname is kept takes 1 to 512 characters'],
    ['hostnam=x', 'there is no rule "hostnam"'],
    ['logs=two\nlines', 'on one line'],
  ])('--keep %j is refused', async (keep, message) => {
    const refused = await run('--yes', ...consents, '--keep', keep);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(message);
  });

  const wrong = [
    ['keep: [{ logs: x, hostname: y }]\n', ':1:8: a rule is a text, or one with a reason'],
    ['keep: [{ logs: 3 }]\n', ':1:8: a rule is a text, or one with a reason'],
    ['keep: [{ logz: x }]\n', ':1:8: there is no rule "logz"'],
    ['keep: [hostnam]\n', ':1:8: there is no rule "hostnam"; did you mean hostname?'],
    ['keep:\n  - logs\n  - 3\n', ':3:5: a rule is a text'],
    ['kept: [logs]\n', 'mapping with "keep"'],
    ['keep: logs\n', 'must be a list'],
    ['keep: [logs\n', 'scrub.yaml:'],
  ] as const;
  test.each(wrong)('%j is refused with its place', async (text, message) => {
    mkdirSync(path('etc/parbake'), { recursive: true });
    writeFileSync(path('etc/parbake/scrub.yaml'), text);
    const before = treeOf(root);
    const refused = await run('--yes', ...consents);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(treeOf(root)).toEqual(before);
  });
});
