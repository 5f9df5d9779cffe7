import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processesOf } from '../testbed/processes.ts';
import { testbedMissing } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

const demo = join(import.meta.dirname, '../demo/main.ts');

describe.skipIf(missing !== undefined)(`the demo ${missing ?? ''}`, () => {
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pd-'));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  /** Everything that a demo of ours has left: files, network namespaces, processes. */
  async function leftovers(id: string): Promise<string[]> {
    const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
    return [
      ...readdirSync(scratch),
      ...namespaces.filter((name) => name.startsWith(id)),
      ...(await processesOf(scratch)).map(String),
    ];
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind when it is ended by %s in the middle of a bake',
    async (signal) => {
      const child = spawn(process.execPath, [demo, '--json'], { env: { ...process.env, TMPDIR: scratch } });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.stdout.resume();
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      await waitFor('the bake to begin', () => said.includes(' 2  Bake it'));
      const [directory = ''] = readdirSync(scratch).filter((name) => name.startsWith('parbake-bed-'));
      const id = directory.slice('parbake-bed-'.length);
      expect(await leftovers(id)).not.toEqual([]);
      child.kill(signal);
      expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(await leftovers(id)).toEqual([]);
      expect(said).toContain('Interrupted: cleaning up');
    },
  );

  test('tells what is wrong with its arguments and starts nothing', async () => {
    const child = spawn(process.execPath, [demo, '--image', 'NOT/a:ref:'], {
      env: { ...process.env, TMPDIR: scratch },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.resume();
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(code).toBe(2);
    expect(said).toContain('is not an image reference');
    expect(readdirSync(scratch)).toEqual([]);
  });
});
