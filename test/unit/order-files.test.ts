import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OrderFiles } from '../../agent/worker/order-files.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-files-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

test('finding 7: a file with a name that leads elsewhere is not written, and neither are the others', async () => {
  const files = new OrderFiles(join(directory, 'below/files'));
  const key = await files.make();
  const content = Buffer.from('* * * * * root true');
  const written = files.write(key, { good: content, '../../../evil': content });
  await expect(written).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(existsSync(join(directory, 'evil'))).toBe(false);
  expect(existsSync(join(directory, 'below/files', key, 'good'))).toBe(false);
  await files.write(key, { good: content });
  expect(readFileSync(join(directory, 'below/files', key, 'good'))).toEqual(content);
});
