import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reserveSlots, storedText, writeSlot } from '../../agent/host/slot-file.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-slots-'));
  path = join(directory, 'state');
});
afterEach(() => rmSync(directory, { recursive: true }));

const stored = () => storedText(readFileSync(path));

test('the newest record is what was written last, in a file that stays the same', async () => {
  await reserveSlots(path, 0o600);
  expect(stored()).toBeUndefined();
  const { ino, size } = statSync(path);
  for (const text of ['one', 'two, which is longer', '3']) {
    await writeSlot(path, text, 0o600);
    expect(stored()).toEqual({ text, isWhole: true });
  }
  expect(statSync(path)).toMatchObject({ ino, size });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that was not reserved is made', async () => {
  await writeSlot(path, 'one', 0o600);
  await writeSlot(path, 'two', 0o600);
  expect(stored()).toEqual({ text: 'two', isWhole: true });
});

test('a record that a crash cut off leaves the former one, and it is told', async () => {
  await writeSlot(path, 'one', 0o600);
  await writeSlot(path, 'two', 0o600);
  const whole = readFileSync(path);
  const at = whole.indexOf('two');
  for (let cut = whole.lastIndexOf('\n', at) + 1; cut < at + 3; cut += 7) {
    const torn = Buffer.from(whole);
    torn.fill('\0', cut, at + 3);
    writeFileSync(path, torn);
    expect(stored()).toEqual({ text: 'one', isWhole: false });
  }
  await writeSlot(path, 'three', 0o600);
  expect(stored()).toEqual({ text: 'three', isWhole: true });
});

test('a file of one record, as it was written before, is read, and made anew', async () => {
  writeFileSync(path, '{"version":1}', { mode: 0o600 });
  expect(stored()).toEqual({ text: '{"version":1}', isWhole: true });
  await writeSlot(path, 'one', 0o600);
  expect(stored()).toEqual({ text: 'one', isWhole: true });
});

test('what is longer than a slot is refused, and the former record stays', async () => {
  await writeSlot(path, 'one', 0o600);
  await expect(writeSlot(path, 'x'.repeat(17_000), 0o600)).rejects.toThrow('longer than 16384 bytes');
  expect(stored()).toEqual({ text: 'one', isWhole: true });
});
