import { lstat, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { umask } from 'node:process';
import { codeOf } from '../../proto/errors/cause.ts';
import { listenError } from '../../proto/wire/listen-error.ts';

/**
 * Makes way for a Unix socket: its directory, and no socket of a coordinator that was killed. What anything else has put
 * there stays, and listening fails.
 * @param address `unix:` and a path
 */
export async function clearSocket(address: string): Promise<void> {
  const path = address.slice('unix:'.length);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    if (found.isSocket() && !(await isServed(path))) await rm(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    throw cause instanceof Error ? listenError(address, cause) : cause;
  }
}

async function isServed(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (cause) => resolve(codeOf(cause) !== 'ECONNREFUSED'));
  });
}

/** While `listen` runs, what is made belongs to this user alone. */
export async function privately<T>(listen: () => Promise<T>): Promise<T> {
  const before = umask(0o177);
  try {
    return await listen();
  } finally {
    umask(before);
  }
}
