import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const file = pathToFileURL(join(import.meta.dirname, '../../proto/process/main.ts')).href;

test.each([
  ['ends as it says', 'async () => 5', 5],
  ['has failed when it comes to nothing', '() => new Promise(() => {})', 1],
  ['has failed by what it did not expect, and says it', "async () => { throw new Error('odd'); }", 1],
])('a program %s', (_, run, wanted) => {
  const script = `import { main } from '${file}'; void main(${run});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect(status).toBe(wanted);
  expect(stderr.includes('Error: odd')).toBe(run.includes('odd'));
});
