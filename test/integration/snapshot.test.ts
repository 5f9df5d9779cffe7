import { build } from 'esbuild';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lateBuiltins } from '../../packaging/dev/late-builtins.ts';
import { readAgentUnit } from '../../packaging/package/unit.ts';

const project = join(import.meta.dirname, '../..');
const { options } = readAgentUnit();
const directory = mkdtempSync(join(tmpdir(), 'parbake-snapshot-'));
const at = (name: string): string => join(directory, name);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const make = (script: string, snapshot: string) =>
  spawnSync(process.execPath, [...options, '--snapshot-blob', snapshot, '--build-snapshot', script], {
    encoding: 'utf8',
    env: {},
  });
const start = (snapshot: string, ...args: string[]) =>
  spawnSync(
    process.execPath,
    [...options, `--snapshot-blob=${snapshot}`, at('dist/parbake-agent.js'), ...args],
    {
      encoding: 'utf8',
    },
  );

describe("the daemon's startup snapshot", () => {
  const daemon = at('dist/parbake-agent-daemon.cjs');
  const snapshot = at('daemon.snapshot');

  beforeAll(() => {
    execFileSync(process.execPath, [join(project, 'packaging/dev/build.mjs'), at('dist')], {
      stdio: 'inherit',
    });
    cpSync(join(project, 'package.json'), at('package.json'));
    expect(make(daemon, snapshot)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('starts as its files do', () => {
    const files = spawnSync(process.execPath, [at('dist/parbake-agent.js'), 'run', '--version'], {
      encoding: 'utf8',
    });
    const { status, stdout } = start(snapshot, 'run', '--version');
    expect({ status, stdout }).toEqual({ status: 0, stdout: files.stdout });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('refuses wrong use as its files do', () => {
    expect(start(snapshot, 'run', '--imds', 'nonsense')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not "nonsense" [USAGE]') as unknown,
    });
  });

  test('starts with other options too: what V8 compiled for these is left aside', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [`--snapshot-blob=${snapshot}`, at('dist/parbake-agent.js'), 'run', '--version'],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d/) as unknown,
    });
  });

  test('has nothing of the machine where it was made, and no random number', () => {
    // The name is not in the script as it is looked for.
    const probe = [
      "require('node:os').hostname = () => ['made', 'here'].join('-was-');",
      readFileSync(daemon, 'utf8'),
      "require('node:v8').startupSnapshot.addDeserializeCallback(() => console.log(Math.random(), process.getBuiltinModule('node:crypto').randomUUID()));",
      "console.log(process.moduleLoadList.filter((one) => one.includes('internal/crypto/random')).join());",
    ];
    writeFileSync(at('dist/probe.cjs'), probe.join('\n'));
    expect(make(at('dist/probe.cjs'), at('probe.snapshot'))).toMatchObject({ status: 0, stdout: '\n' });
    const bytes = readFileSync(at('probe.snapshot'));
    expect(bytes.includes('made-was-here')).toBe(false);
    // What is looked for would be found.
    expect(bytes.includes('It ends on SIGTERM and leaves the containers running')).toBe(true);

    const [first, second] = [1, 2].map(
      () => start(at('probe.snapshot'), 'run', '--version').stdout.split('\n')[0],
    );
    const values = `${first} ${second}`.split(' ');
    expect(values).toHaveLength(4);
    expect(new Set(values).size).toBe(4);
  });
});

describe("Node's own modules in a snapshot", () => {
  const bundle = async (name: string, source: string): Promise<string> => {
    await build({
      stdin: { contents: source, resolveDir: project },
      outfile: at(name),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      plugins: [lateBuiltins],
    });
    return at(name);
  };

  test.each([
    ['imported', "import { randomUUID } from 'node:crypto'; globalThis.id = randomUUID();"],
    ['required', "globalThis.id = require('crypto').randomUUID();"],
    ['a class', "class Ours extends require('http').Agent {} globalThis.Ours = Ours;"],
  ])('are not used while it is made: %s', async (_, source) => {
    const script = await bundle('early.cjs', source);
    expect(make(script, at('early.snapshot'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/node:(crypto|http) is used while the snapshot is made/) as unknown,
    });
  });

  test('work as they would where it is started', async () => {
    const script = await bundle(
      'late.cjs',
      `import { execFile } from 'node:child_process';
      import { createHash } from 'node:crypto';
      import { readFile } from 'node:fs/promises';
      import { Agent } from 'node:http';
      import { promisify } from 'node:util';
      const http2 = require('http2');
      const assert = require('assert');
      const { HTTP2_HEADER_PATH } = http2.constants;
      require('node:v8').startupSnapshot.setDeserializeMainFunction(async () => {
        assert(true);
        const { stdout } = await promisify(execFile)('echo', ['from', 'a', 'program']);
        const hash = createHash('sha256').update('').digest('hex').slice(0, 8);
        class Ours extends Agent {}
        const agent = new Ours({ maxSockets: 3 });
        const text = await readFile(process.argv[1], 'utf8');
        console.log(JSON.stringify([stdout, hash, agent instanceof Ours && agent instanceof Agent && agent.maxSockets, text.length, HTTP2_HEADER_PATH, http2.constants.NGHTTP2_CANCEL]));
      });`,
    );
    expect(make(script, at('late.snapshot'))).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = spawnSync(
      process.execPath,
      [...options, `--snapshot-blob=${at('late.snapshot')}`, script],
      {
        encoding: 'utf8',
      },
    );
    expect(JSON.parse(stdout)).toEqual([
      'from a program\n',
      'e3b0c442',
      3,
      readFileSync(script, 'utf8').length,
      ':path',
      8,
    ]);
  });
});
