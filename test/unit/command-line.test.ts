import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { durationIn, instantIn, sizeIn, wholeNumber } from '../../proto/process/cli/amounts.ts';
import { serveDeclaration } from '../../coordinator/serve/serve-declaration.ts';
import { readArguments } from '../../proto/process/cli/arguments.ts';
import { command, declare } from '../../proto/process/cli/command.ts';
import {
  choice,
  count,
  duration,
  flag,
  many,
  pairs,
  preset,
  required,
  setting,
  text,
} from '../../proto/process/cli/options.ts';
import { variable } from '../../proto/process/cli/declaration.ts';
import { parseSettings } from '../../proto/process/cli/settings-file.ts';
import { runCommand } from '../support/run-command.ts';

describe('amounts', () => {
  test.each([
    ['16M', 16 * 1024 ** 2],
    ['1GiB', 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['512 kB', 512 * 1024],
    ['7b', 7],
    ['3', 3 * 1024 ** 2],
  ])('the size %s is %d bytes', (given, bytes) => {
    expect(sizeIn('--size', given, 'MiB', {})).toBe(bytes);
  });

  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1.5', 1500],
  ])('the duration %s is %d ms', (given, ms) => {
    expect(durationIn('--time', given, 's', {})).toBe(ms);
  });

  test.each([
    [
      () => sizeIn('--keep', '1M', 'B', { min: 16 * 1024 ** 2 }),
      'size from 16MiB such as 500M or 20GiB, not "1M"',
    ],
    [() => sizeIn('--keep', 'much', 'B', {}), 'not "much"'],
    [() => durationIn('--wait', '0', 's', { min: 1, max: 86_400_000 }), 'duration from 1ms to 1d such as'],
    [() => durationIn('--wait', '-5s', 's', {}), 'not "-5s"'],
    [() => wholeNumber('-n', '0x10', {}), '-n takes a whole number from 0, not "0x10"'],
    [() => wholeNumber('-n', '33', { min: 1, max: 32 }), 'from 1 to 32, not "33"'],
    [() => instantIn('--from', '2026-11-21'), 'a time such as 2026-11-21T14:03:00Z, not "2026-11-21"'],
  ])('what is wrong is said: %s', (parse, message) => {
    expect(parse).toThrow(message);
  });
});

const declaration = declare({
  name: 'try',
  summary: 'Try options.',
  description: 'It tries options.',
  options: {
    role: required(text('ROLE', 'role')),
    wait: preset(choice(['claimed', 'ready'], 'how far'), 'ready'),
    dataDir: setting(text('DIR', 'directory')),
    listen: setting(many(text('ADDRESS', 'address'))),
    timeout: setting(preset(duration('time'), '60s')),
    env: pairs('KEY=VALUE', 'variable'),
    last: count('count', { max: 10 }),
    dev: setting(flag('development')),
    config: text('FILE', 'settings'),
  },
  positionals: { file: required(text('FILE', 'file')), rest: many(text('MORE', 'more')) },
  examples: ['parbake try'],
  settingsFile: { shown: '/etc/parbake/try.conf', path: () => '/nowhere/try.conf' },
});

const directory = mkdtempSync(join(tmpdir(), 'parbake-settings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('arguments', () => {
  const parse = (args: string[], env: Record<string, string> = {}) => readArguments(declaration, args, env);

  test('become values of their types, with the presets of what is left out', async () => {
    const { values } = await parse([
      '--role',
      'web',
      '--env',
      'A=b=c',
      '--env=E=',
      'one',
      'two',
      '--last',
      '3',
    ]);
    expect(values).toMatchObject({
      role: 'web',
      wait: 'ready',
      timeout: 60_000,
      last: 3,
      dev: false,
      file: 'one',
    });
    expect({ ...values.env }).toEqual({ A: 'b=c', E: '' });
    expect(values.rest).toEqual(['two']);
    expect(values.dataDir).toBeUndefined();
  });

  test('come from the command line, else from the environment, else from the settings file', async () => {
    const file = join(directory, 'try.conf');
    writeFileSync(file, '# ours\ndata-dir = /file\ntimeout = "2m"\nlisten = a:1\nlisten = b:2\ndev = on\n');
    const env = { PARBAKE_DATA_DIR: '/env', PARBAKE_CONFIG: file, PARBAKE_ROLE: 'not a setting' };
    const { values, settings } = await parse(['f', '--role', 'r'], env);
    expect(values).toMatchObject({ dataDir: '/env', timeout: 120_000, listen: ['a:1', 'b:2'], dev: true });
    expect(settings['dataDir']).toEqual({
      text: '/env',
      origin: 'environment',
      where: 'PARBAKE_DATA_DIR',
    });
    expect(settings['timeout']).toEqual({ text: '2m', origin: 'file', where: `timeout in ${file}` });
    expect(settings['wait']).toEqual({ text: 'ready', origin: 'default', where: '' });
    const given = await parse(['f', '--role', 'r', '--data-dir', '/flag'], env);
    expect(given.settings['dataDir']).toEqual({ text: '/flag', origin: 'flag', where: '--data-dir' });
  });

  test("what a package presets counts after everything else, and is no one's own setting", async () => {
    const file = join(directory, 'packaged.conf');
    writeFileSync(file, 'data-dir = /file\n');
    const env = { PARBAKE_DEFAULT_DATA_DIR: '/package', PARBAKE_DEFAULT_LISTEN: 'a:1 b:2' };
    const packaged = await parse(['f', '--role', 'r'], env);
    expect(packaged.values).toMatchObject({ dataDir: '/package', listen: ['a:1', 'b:2'] });
    const where = 'PARBAKE_DEFAULT_DATA_DIR';
    expect(packaged.settings['dataDir']).toEqual({ text: '/package', origin: 'default', where });
    const configured = await parse(['f', '--role', 'r'], { ...env, PARBAKE_CONFIG: file });
    expect(configured.values).toMatchObject({ dataDir: '/file', listen: ['a:1', 'b:2'] });
  });

  test.each(['systemd/parbake-coordinator.service', 'docker/Dockerfile'])(
    '%s presets settings so that the settings file counts before them',
    (path) => {
      const packaging = readFileSync(join(import.meta.dirname, '../../packaging', path), 'utf8');
      const serve = Object.keys(serveDeclaration.options).map((key) => variable(key));
      const preset = [...packaging.matchAll(/\b(PARBAKE_\w+)=(?:sqlite|unix|127)/g)].map(([, name]) => name);
      expect(preset).toContain('PARBAKE_DEFAULT_STORE');
      expect(preset.filter((name) => serve.includes(name ?? ''))).toEqual([]);
    },
  );

  test.each([
    [['f'], '--role is required'],
    [['--role', 'r'], 'try needs FILE'],
    [['f', '--role', 'r', '--wait', 'long'], '--wait takes claimed or ready, not "long"'],
    [['f', '--role', 'r', '--rol', 'r'], "Unknown option '--rol'; did you mean --role?"],
    [['f', '--role', 'r', '--env', '=x'], '--env takes KEY=VALUE, not "=x"'],
    [['f', '--role', 'r', '--config', '/nowhere/x.conf'], 'cannot read the settings in /nowhere/x.conf'],
  ])('%j: %s', async (args, message) => {
    await expect(parse(args)).rejects.toThrow(message);
  });

  test('an error in the environment names the variable', async () => {
    await expect(parse(['f', '--role', 'r'], { PARBAKE_TIMEOUT: 'soon' })).rejects.toThrow(
      'PARBAKE_TIMEOUT takes a duration',
    );
  });

  test.each([
    ['dta-dir = /x', 'try.conf:1: unknown setting "dta-dir"; did you mean "data-dir"?'],
    ['\nexport X', 'try.conf:2: a setting is "name = value"'],
  ])('a mistake in the settings file is named with its line: %j', (content, message) => {
    expect(() => parseSettings(content, 'try.conf', ['data-dir', 'listen'])).toThrow(message);
  });
});

describe('a program', () => {
  const failing = command({ ...declaration, options: { json: flag('as JSON') }, positionals: {} }, () =>
    Promise.reject(new ParbakeError('ROLE_UNKNOWN', 'there is no role "x"')),
  );
  const working = command(declaration, () => Promise.resolve(exitCodes.done));

  test('says what failed, why and what to do, in JSON too, and ends with the code of the error', async () => {
    const ended = await runCommand(failing, ['--json']);
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toMatch(/^parbake: there is no role "x" \[ROLE_UNKNOWN\]\n {2}\S/);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'ROLE_UNKNOWN', retryable: false } });
  });

  test.each(['--help', '-h'])('explains a command with %s, whatever else is missing', async (asked) => {
    const { exit, stdout } = await runCommand(working, [asked]);
    expect(exit).toBe(0);
    expect(stdout).toContain('Usage: parbake try --role ROLE FILE [MORE …] [options]\n');
    expect(stdout).toMatch(/--timeout TIME +time \(default 60s\) \[PARBAKE_TIMEOUT\]\n/);
    expect(stdout).toContain('Example:\n  parbake try\n');
  });
});
