import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runToEnd } from '../testbed/command.ts';

const project = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'parbake-socket-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** In a /run of its own, since the socket has a fixed place. */
const script = `
mount -t tmpfs tmpfs /run
socket=/run/parbake-coordinator/coordinator.sock
serve() { "$NODE" coordinator/main.ts serve --store "sqlite:$DIRECTORY/store.db" >>"$DIRECTORY/log" 2>&1 & pid=$!; }
cli() { "$NODE" coordinator/cli/main.ts instances --json; }
until_served() { until answer=$(cli 2>/dev/null); do kill -0 $pid; done; echo "$answer"; }
serve
until_served
stat -c '%F %a %U' $socket /run/parbake-coordinator
HOME=/none setpriv --reuid 65534 --regid 65534 --clear-groups "$NODE" coordinator/cli/main.ts instances 2>&1 | grep -o 'EACCES.*sock'
kill -9 $pid
wait $pid || true
test -S $socket
serve
until_served
kill $pid
wait $pid
`;

test('finding 19: without --listen only the same user reaches the coordinator, and a killed one leaves no obstacle', async () => {
  const env = { ...process.env, NODE: process.execPath, DIRECTORY: directory, HOME: directory };
  const ended = await runToEnd('unshare', ['--mount', 'bash', '-euc', script], { cwd: project, env });
  expect(ended).toEqual({
    exit: 0,
    stderr: expect.any(String),
    stdout: [
      '{"instances":[]}',
      'socket 600 root',
      'directory 700 root',
      'EACCES /run/parbake-coordinator/coordinator.sock',
      '{"instances":[]}',
      '',
    ].join('\n'),
  });
});
