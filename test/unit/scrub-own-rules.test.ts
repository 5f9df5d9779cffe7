import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { rootAt } from '../../agent/host/root.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { builderRoot, treeOf } from '../support/builder-root.ts';
import { manifestViolations } from '../support/manifest-schema.ts';
import { runCommand } from '../support/run-command.ts';

let root: string;
beforeEach(() => void (root = builderRoot([])));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (name: string): string => join(root, name);
const put = (name: string, content: string): void => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
};
const rules = (text: string, name = 'acme.yaml'): void => put(`etc/parbake/scrub.d/${name}`, text);
const run = (...args: string[]) => runCommand(scrubCommand, ['--root', root, ...args]);
const seal = () => (JSON.parse(readFileSync(path(manifestPath), 'utf8')) as Manifest).seal;
const failed = async (): Promise<string[]> => {
  const { rules: results } = await verify(rootAt(root));
  return results.filter(({ passed }) => !passed).map(({ id, found }) => `${id}: ${found.join(' ')}`);
};

const acme = `rules:
  acme-agent:
    paths: [/var/lib/acme/*, ~/.acme/token, /opt/acme/spool/**]
    reason: uniqueness
    why: clones would report as one host
    what: the Acme agent's registration
  acme-license:
    paths: [/etc/acme/*.conf]
    reason: secret
    action: remove-lines
    check: '^license_key:'
`;

function dirty(): void {
  put('var/lib/acme/id', 'one');
  put('root/.acme/token', 'two');
  put('opt/acme/spool/a/b', 'three');
  put('etc/acme/agent.conf', 'port: 80\nlicense_key: four\r\n# license_key: none\nname: \xff');
  chmodSync(path('etc/acme/agent.conf'), 0o640);
}

describe("a builder's own rules", () => {
  test('are listed, shown by a dry run, scrubbed, sealed and verified like built-in ones', async () => {
    rules(acme);
    dirty();
    const listed = await run('--list-rules');
    expect(listed.stdout).toContain("acme-agent (own, uniqueness): the Acme agent's registration\n");
    expect(listed.stdout).toContain('  /etc/acme/*.conf (lines with ^license_key:)\n');
    expect(listed.stdout).toContain('machine-id (machine, uniqueness)');
    const before = treeOf(root);
    const dry = await run('--dry-run');
    expect(dry.stdout).toContain('  acme-agent    /var/lib/acme/id\n');
    expect(dry.stdout).toContain('  acme-license  /etc/acme/agent.conf (lines)\n');
    expect(treeOf(root)).toEqual(before);
    expect(await failed()).toEqual([
      'acme-agent: /var/lib/acme/id /root/.acme/token /opt/acme/spool/a/b',
      'acme-license: /etc/acme/agent.conf',
      ...['machine-id: /etc/machine-id'],
    ]);
    expect((await run('--yes')).exit).toBe(0);
    expect((await verify(rootAt(root))).sealed).toBe(true);
    expect(existsSync(path('var/lib/acme/id'))).toBe(false);
    expect(existsSync(path('opt/acme/spool/a'))).toBe(true);
    expect(seal()?.removed).toContainEqual({
      rule: 'acme-license',
      path: '/etc/acme/agent.conf',
      action: 'lines',
    });
    expect(manifestViolations(JSON.parse(readFileSync(path(manifestPath), 'utf8')))).toEqual([]);
    put('home/ada/.acme/token', 'again');
    expect(await failed()).toEqual(['acme-agent: /home/ada/.acme/token']);
  });

  test('that remove lines leave the rest of the file, and its mode', async () => {
    rules(acme);
    dirty();
    expect((await run('--yes')).exit).toBe(0);
    expect(readFileSync(path('etc/acme/agent.conf'), 'utf8')).toBe(
      'port: 80\n# license_key: none\nname: \xff',
    );
    expect(statSync(path('etc/acme/agent.conf')).mode & 0o777).toBe(0o640);
    expect(existsSync(path('etc/acme/.agent.conf.tmp'))).toBe(false);
  });

  test('that refuse say what to do, and nothing is removed', async () => {
    rules(`rules:
  acme-mode:
    paths: [/etc/acme/*]
    reason: correctness
    action: refuse
    check: 'mode: debug'
    why: set mode to production
`);
    put('etc/acme/fine', 'mode: production');
    expect((await run('--yes')).exit).toBe(0);
    put('etc/acme/wrong', 'mode: debug');
    put('root/.netrc', 'x');
    const before = treeOf(root);
    const refused = await run('--yes');
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/etc/acme/wrong');
    expect(refused.stderr).toContain('set mode to production, or give --keep acme-mode');
    expect(treeOf(root)).toEqual(before);
    expect((await run('--yes', '--keep', 'acme-mode')).exit).toBe(0);
    expect(seal()?.kept).toEqual(['acme-mode']);
  });

  test('that empty a file create it where it is absent', async () => {
    rules('rules: { acme: { paths: [/etc/acme/id], reason: uniqueness, action: empty } }\n');
    expect((await run('--yes')).exit).toBe(0);
    expect(readFileSync(path('etc/acme/id'), 'utf8')).toBe('');
    rmSync(path('etc/acme/id'));
    expect(await failed()).toEqual(['acme: /etc/acme/id']);
  });

  test('count with --docker-only, and may be kept', async () => {
    rules(acme);
    dirty();
    expect((await run('--yes', '--docker-only', '--keep', 'acme-license=a test')).exit).toBe(0);
    expect(existsSync(path('var/lib/acme/id'))).toBe(false);
    expect(readFileSync(path('etc/acme/agent.conf'), 'utf8')).toContain('license_key');
    expect(seal()?.keptBecause?.[0]).toEqual({ rule: 'acme-license', why: 'a test' });
    expect((await run('--yes', '--keep', 'acme-licence')).stderr).toContain('did you mean acme-license?');
  });
});

const rule = (text: string): string => `rules:\n  acme:\n    reason: secret\n    ${text}\n`;
const wrong = [
  ['', ':1:1: the file of rules is empty'],
  ['rules: {\n', ':2:1: '],
  ['keep: [logs]\n', ':1:1: unknown key "keep" in the file; known keys are rules'],
  [rule('path: [/opt/a]'), ':4:5: unknown key "path" in rule acme; did you mean "paths"?'],
  [rule('paths: []'), ':4:12: paths is empty'],
  [rule('paths: /opt/a'), ':4:12: paths must be a list'],
  [rule('paths: [opt/a]'), ':4:13: "opt/a" is not a path: begin it with a slash, or with ~/'],
  [rule('paths: [/opt/../etc/shadow]'), ':4:13: "/opt/../etc/shadow" is not written in full'],
  [rule('paths: [~/../../etc/shadow]'), ':4:13: "~/../../etc/shadow" is not written in full'],
  [rule('paths: [/etc]'), ':4:13: "/etc" is a directory of the system'],
  [rule('paths: [/etc/**]'), ':4:13: "/etc/**" is all of a directory of the system'],
  [rule('paths: ["/*/lib"]'), ':4:13: "/*/lib" has * for a directory of the system'],
  [rule('paths: [/opt/**/a]'), ':4:13: "/opt/**/a" has ** before its end'],
  [rule('paths: [/var/lib/docker/overlay2]'), "is Docker's data root, which has rules of its own"],
  [rule('paths: [/etc/parbake/scrub.d/a.yaml]'), 'is the rules themselves'],
  [rule('paths: [/opt/a]\n    action: delete'), ':5:13: action "delete" is not one of remove, empty'],
  [rule('paths: [/opt/a]\n    action: remove-lines'), ':3:5: rule acme has no check'],
  [rule('paths: [/opt/a]\n    check: "("'), ':5:12: "(" is not a regular expression'],
  [rule('paths: [/opt/a*]\n    action: empty'), ':4:13: * does not go with action: empty'],
  [rule('paths: [/opt/a]\n    stop: [acme]'), ':5:12: "acme" is not a unit such as acme-agent.service'],
  [rule('paths: [/opt/a]\n    reason: secret'), ':5:5: reason is given twice'],
  ['rules:\n  acme:\n    paths: [/opt/a]\n', ':3:5: rule acme has no reason'],
  ['rules:\n  machine-id: { reason: secret, paths: [/opt/a] }\n', ':2:3: machine-id is a built-in rule'],
] as const;

describe('a wrong rule', () => {
  test.each(wrong)('%j is refused with its place before anything is removed', async (text, message) => {
    rules(text);
    put('root/.netrc', 'x');
    const before = treeOf(root);
    const refused = await run('--yes');
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).toContain('acme.yaml:');
    expect(refused.stderr).toContain('SCRUB_RULES_INVALID');
    expect(treeOf(root)).toEqual(before);
    await expect(verify(rootAt(root))).rejects.toMatchObject({ code: 'SCRUB_RULES_INVALID' });
  });

  test('is reported together with those of other files', async () => {
    rules(rule('paths: [/opt/a]'), '10-first.yaml');
    rules(rule('paths: [/opt/b]\n    check: "["'), '20-second.yml');
    rules('not rules', 'README.md');
    const refused = await run('--list-rules');
    expect(refused.stderr).toContain('2 mistakes in scrub rules:');
    expect(refused.stderr).toContain('20-second.yml:2:3: another file has a rule acme');
    expect(refused.stderr).toContain('20-second.yml:5:12: "[" is not a regular expression');
  });
});

test('the schema for editors accepts what the reader accepts, and knows the form of each value', () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../docs/scrub-rules.schema.json'), 'utf8'),
  ) as object;
  const accepts = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);
  expect(accepts(parse(acme))).toBe(true);
  const mistakes = ['path: [/opt/a]', 'paths: []', 'paths: [opt/a]', 'paths: [/opt/a]\n    stop: [acme]'];
  for (const text of mistakes) expect([text, accepts(parse(rule(text)))]).toEqual([text, false]);
});
