import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileMappings, pagemapEntry, presentRanges, readAheadList } from '../core/replay/mapped-pages.ts';
import type { ByteRange } from '../core/replay/trace.ts';

/** Time limit for a start on a machine that is installing packages, in milliseconds. */
const startDeadline = 30_000;

type Parts = Map<string, ByteRange[]>;

export interface StartToList {
  /** Command line of the agent, without a command. */
  program: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** Adds the parts of files that a process has in its memory. */
function addPages(parts: Parts, pid: number | 'self'): void {
  const pages = openSync(`/proc/${pid}/pagemap`, 'r');
  try {
    const size = pageBytes();
    for (const mapping of fileMappings(readFileSync(`/proc/${pid}/maps`, 'utf8'))) {
      const entries = Buffer.alloc(((mapping.end - mapping.start) / size) * pagemapEntry);
      readSync(pages, entries, 0, entries.length, (mapping.start / size) * pagemapEntry);
      const ranges = presentRanges(mapping, entries, size);
      if (ranges.length > 0) parts.set(mapping.path, [...(parts.get(mapping.path) ?? []), ...ranges]);
    }
  } finally {
    closeSync(pages);
  }
}

/** Size of a memory page, from the auxiliary vector: getauxval(3). */
function pageBytes(): number {
  const [pageSize, entry] = [6n, 16];
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at < vector.length; at += entry)
    if (vector.readBigUInt64LE(at) === pageSize) return Number(vector.readBigUInt64LE(at + entry / 2));
  throw new Error('/proc/self/auxv does not tell how large a page is');
}

/** Starts the daemon without Docker and with a silent coordinator, and adds what it has read by then. */
async function addDaemon(
  parts: Parts,
  { program: [program = '', ...args], env }: StartToList,
  directory: string,
): Promise<void> {
  const socket = join(directory, 'coordinator');
  const server = createServer();
  const place = ['--root', directory, '--coordinator', `unix:${socket}`];
  const alone = ['--imds', 'off', '--instance-id', 'read-ahead', '--replay', 'off', '--samples', 'off'];
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(socket, resolve);
  });
  const daemon = spawn(program, [...args, 'run', ...place, ...alone], {
    env: { ...env, PARBAKE_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<string>((resolve) => {
    daemon.on('error', (cause) => resolve(cause.message));
    daemon.on('exit', (code, signal) => resolve(`it ended with ${String(signal ?? code)}`));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.on('session', (session) => session.once('remoteSettings', () => resolve()));
      const limit = AbortSignal.timeout(startDeadline);
      limit.addEventListener('abort', () => reject(new Error('the agent did not connect')));
      void ended.then((reason) => reject(new Error(`the agent did not connect: ${reason}`)));
    });
    if (daemon.pid !== undefined) addPages(parts, daemon.pid);
  } finally {
    daemon.kill('SIGKILL');
    await ended;
    server.close();
  }
}

/**
 * Lists the parts of files that the agent's start needs until it connects. It is started once, in a directory of its own, and talks to nobody
 * but this process; what this process itself has in memory counts too, since it was started from files, as all other
 * commands of the agent are.
 * @param own the directory of the agent's files, which are read whole, without those of the directories in it
 * @returns lines for `read-ahead`. @throws Error when there is no /proc, or the agent does not start
 */
export async function listOwnStart(start: StartToList, own: string): Promise<string> {
  const parts: Parts = new Map();
  const directory = mkdtempSync(join(tmpdir(), 'parbake-'));
  try {
    await addDaemon(parts, start, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  addPages(parts, 'self');
  for (const name of readdirSync(own)) {
    const stats = statSync(join(own, name));
    if (stats.isFile()) parts.set(join(own, name), [[0, stats.size]]);
  }
  return readAheadList(parts);
}
