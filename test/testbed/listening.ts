import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Started } from './processes.ts';
import { waitFor } from './wait.ts';

/** The kernel's number for a TCP socket that listens. */
const listenState = '0A';

/**
 * Waits until a program that was started with port 0 listens. The kernel chose the port, so it was free, and it tells
 * which one it is, so the program need not.
 * @param host an IPv4 address that the program was told to listen on
 * @returns `host:port`
 * @throws Error with the program's log when it ends instead
 */
export async function listeningAddress(started: Started, what: string, host: string): Promise<string> {
  return await waitFor(`${what} to listen on ${host}`, () => {
    if (started.ended() !== undefined) throw new Error(`${what} ended: ${started.log().slice(-2000)}`);
    return listenersOf(started.pid).find((address) => address.startsWith(`${host}:`));
  });
}

/** `host:port` of each IPv4 socket on which a process listens; none when it is gone. */
function listenersOf(pid: number): string[] {
  try {
    const sockets = new Set(readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketOf(pid, fd)));
    const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1);
    return rows.flatMap((row) => {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      return state === listenState && sockets.has(inode) ? [readableAddress(local)] : [];
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/** The inode behind a file descriptor, if that is a socket. */
function socketOf(pid: number, fd: string): string[] {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
    return inode === undefined ? [] : [inode];
  } catch {
    // It was closed in the meantime.
    return [];
  }
}

/** From the kernel's hexadecimal `0100007F:1F90`, whose address has its lowest byte first here. */
function readableAddress(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const bytes = [...Buffer.from(address, 'hex')].reverse();
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
}
