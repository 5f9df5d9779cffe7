import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

/** Ignores its signal, as a program does that waits for a server which was stopped. */
const deaf = `import { main } from '${file}';
setInterval(() => {}, 1000);
void main(
  ({ length }, { signal, stdout }) => {
    signal.addEventListener('abort', () => stdout.write('aborted'));
    stdout.write('ready');
    return new Promise(() => {});
  },
  { cleanUpMs: Number(process.env.CLEAN_UP_MS) },
);`;

test.each([
  ['the first signal ends a program that cannot clean up in time', '100', 1, 'did not answer'],
  ['the second signal ends a program at once', '600000', 2, ''],
])('B10: %s', async (_, cleanUpMs, signals, said) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', deaf], {
    env: { ...process.env, CLEAN_UP_MS: cleanUpMs },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  await once(child.stdout, 'data');
  // One press of Ctrl-C may arrive twice, so the second one counts only after a moment.
  const again = setInterval(() => signals === 2 && child.kill('SIGINT'), 20);
  expect(await exited).toEqual([1, null]);
  clearInterval(again);
  expect(errors).toContain(said);
});
