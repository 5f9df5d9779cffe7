import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAgentUnit } from '../../packaging/package/unit.ts';
import { createLazyVolume, lazyVolumeMissing, type LazyVolume } from '../testbed/lazy-volume.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? lazyVolumeMissing());
const project = join(import.meta.dirname, '../..');
const { options } = readAgentUnit();

describe.skipIf(missing !== undefined)(`what is read ahead of the agent ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let volume: LazyVolume;
  const below = (path: string): string => join(volume.directory, path);
  const agent = (): string[] => [
    below('node'),
    ...options,
    `--snapshot-blob=${below('agent/daemon.snapshot')}`,
    below('agent/parbake-agent.js'),
  ];
  const list = (...program: string[]) =>
    spawnSync(below('node'), [below('agent/parbake-agent-readahead.js'), below('list'), ...program], {
      encoding: 'utf8',
    });
  const chunks = async (): Promise<number> => (await volume.state()).hydrated.length;

  beforeAll(async () => {
    testbed = await createTestbed();
    volume = await createLazyVolume(testbed.makeDirectory('volume'), {
      firstTouchMs: 1,
      bytesPerSecond: 1e9,
    });
    testbed.onClose(() => volume.close());
    await volume.format();
    await volume.mount();
    // As the package lays it out.
    copyFileSync(process.execPath, below('node'));
    execFileSync(process.execPath, [join(project, 'packaging/dev/build.mjs'), below('agent')]);
    cpSync(join(project, 'package.json'), below('package.json'));
    const daemon = below('agent/parbake-agent-daemon.cjs');
    const blob = ['--snapshot-blob', below('agent/daemon.snapshot'), '--build-snapshot'];
    execFileSync(below('node'), [...options, ...blob, daemon]);
  });

  afterAll(async () => {
    await testbed.close();
  });

  test('is no list when the agent does not start, and the one before stays', () => {
    writeFileSync(below('list'), 'before');
    expect(list('/bin/false')).toMatchObject({
      status: 1,
      stderr: 'the agent did not connect: it ended with 1\n',
    });
    expect(list(below('not-there'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ENOENT') as unknown,
    });
    expect(list()).toMatchObject({ status: 1, stderr: 'usage: LIST PROGRAM [ARG...]\n' });
    expect(readFileSync(below('list'), 'utf8')).toBe('before');
  });

  test('is a part of Node and the whole snapshot, and leaves a start nothing to fetch from a lazy disk', async () => {
    expect(list(...agent())).toEqual(expect.objectContaining({ status: 0, stdout: '', stderr: '' }));
    const blocks = new Map<string, number>();
    for (const line of readFileSync(below('list'), 'utf8').trim().split('\n').slice(1)) {
      const [, count = '', file = ''] = /^\d+ (\d+) (.+)$/.exec(line) ?? [];
      blocks.set(file, (blocks.get(file) ?? 0) + Number(count));
    }
    const blockBytes = 128 * 1024;
    const ofNode = (blocks.get(below('node')) ?? 0) * blockBytes;
    expect(ofNode).toBeGreaterThan(10 * 1024 ** 2);
    expect(ofNode).toBeLessThan(statSync(below('node')).size / 2);
    const snapshot = below('agent/daemon.snapshot');
    expect(blocks.get(snapshot)).toBe(Math.ceil(statSync(snapshot).size / blockBytes));

    await volume.unmount();
    await volume.snapshot();
    const fetchedByStart = async (): Promise<number> => {
      const before = await chunks();
      await startOnce(agent(), testbed.makeDirectory('root'));
      return (await chunks()) - before;
    };
    await volume.reset();
    await volume.mount();
    expect(await fetchedByStart()).toBeGreaterThan(50);
    await volume.unmount();
    await volume.reset();
    await volume.mount();
    execFileSync(join(project, 'packaging/systemd/read-ahead'), [below('list')]);
    expect(await fetchedByStart()).toBeLessThan(5);
    await volume.unmount();
  });

  test('passes over what is not there', () => {
    const file = join(testbed.makeDirectory('none'), 'list');
    writeFileSync(file, `# a comment\n0 1 /not/there\n0 1 ${file}\n`);
    const { status, stdout, stderr } = spawnSync(join(project, 'packaging/systemd/read-ahead'), [file], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

/** Starts the daemon until it has connected to a coordinator. */
async function startOnce([program = '', ...args]: string[], root: string): Promise<void> {
  mkdirSync(root, { recursive: true });
  const socket = join(root, 'c');
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(socket, resolve));
  const place = ['--root', root, '--coordinator', `unix:${socket}`, '--imds', 'off', '--instance-id', 'i-1'];
  const daemon = spawn(program, [...args, 'run', ...place, '--replay', 'off'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    server.once('session', (session) => session.once('remoteSettings', () => resolve()));
    void ended.then(() => reject(new Error('the daemon ended')));
  });
  daemon.kill('SIGKILL');
  await ended;
  server.close();
}
