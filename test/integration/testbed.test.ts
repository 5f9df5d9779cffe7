import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { unlessRequired } from '../support/requirement.ts';
import { madeOnce } from '../testbed/made-once.ts';
import { reserve, reserveLoopback } from '../testbed/reservation.ts';
import { createTestbed, testbedMissing } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());
const scratch = mkdtempSync(join(tmpdir(), 'parbake-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a module in a process of its own until it has printed something. @returns the process, to be killed */
async function running(source: string, env: Readonly<Record<string, string>> = {}) {
  const args = ['--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('a reservation', () => {
  test('is held by one process, and is free once that is killed', async () => {
    const name = `test ${scratch.slice(-6)}`;
    const holder = await running(
      `import { reserve } from '../testbed/reservation.ts';
       console.log(await reserve('${name}'));
       setInterval(() => {}, 1e6);`,
    );
    expect(await reserve(name)).toBeUndefined();
    holder.kill('SIGKILL');
    const ours = await waitFor('the name to be free', () => reserve(name));
    expect(await reserve(name)).toBeUndefined();
    await ours.release();
  });

  test('a port of a reserved loopback address is free again after its program has ended', async () => {
    const host = await reserveLoopback();
    const listen = async (port: number) => {
      const server = createServer().listen(port, host);
      await once(server, 'listening');
      const taken = (server.address() as AddressInfo).port;
      await new Promise((resolve) => void server.close(resolve));
      return taken;
    };
    const port = await listen(0);
    expect(await listen(port)).toBe(port);
  });
});

test('a directory that several want is made once, and a failed attempt leaves nothing', async () => {
  const place = join(scratch, 'made');
  let made = 0;
  const failing = madeOnce(place, async () => {
    throw new Error('no disk');
  });
  await expect(failing).rejects.toThrow('no disk');
  expect(readdirSync(scratch)).toEqual([]);
  const make = async (): Promise<void> => void (made += 1);
  expect(await Promise.all([madeOnce(place, make), madeOnce(place, make)])).toEqual([place, place]);
  expect(made).toBe(1);
});

describe.skipIf(missing !== undefined)(`a test bed ${missing ?? ''}`, () => {
  test('has a network of its own, also when several are created at once', async () => {
    const testbeds = await Promise.all([createTestbed(), createTestbed(), createTestbed()]);
    try {
      expect(new Set(testbeds.map(({ hostAddress }) => hostAddress)).size).toBe(3);
      expect(testbeds.every(({ directory }) => existsSync(directory))).toBe(true);
    } finally {
      await Promise.all(testbeds.map((testbed) => testbed.close()));
    }
  });

  test('removes what a killed run left', async () => {
    const killed = await running(
      `import { createTestbed } from '../testbed/testbed.ts';
       const testbed = await createTestbed();
       await testbed.addNamespace();
       console.log('made');
       setInterval(() => {}, 1e6);`,
      { TMPDIR: scratch },
    );
    const [left = ''] = readdirSync(scratch).filter((name) => name.startsWith('parbake-bed-'));
    const id = left.slice('parbake-bed-'.length);
    const namespaces = (): string[] => readdirSync('/run/netns').filter((name) => name.startsWith(id));
    expect(namespaces()).not.toEqual([]);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    vi.stubEnv('TMPDIR', scratch);
    try {
      await (await createTestbed()).close();
    } finally {
      vi.unstubAllEnvs();
    }
    expect(readdirSync(scratch)).not.toContain(left);
    expect(namespaces()).toEqual([]);
  });
});
