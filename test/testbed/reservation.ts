import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A name on this machine that no other process of a test bed has. */
export interface Reservation {
  release(): Promise<void>;
}

/**
 * Reserves a name until it is released or this process ends, however it ends: the kernel holds it, as an abstract Unix
 * socket, so a killed run never leaves a stale lock.
 * @returns undefined when somebody has it
 */
export async function reserve(name: string): Promise<Reservation | undefined> {
  const server = createServer();
  server.unref();
  const isOurs = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') resolve(false);
      else reject(cause);
    });
    server.listen({ path: `\0parbake-testbed/${name}` }, () => resolve(true));
  });
  if (!isOurs) return undefined;
  return { release: () => new Promise((resolve) => void server.close(() => resolve())) };
}

/**
 * Reserves an address of 127.0.0.0/8 for as long as this process runs. Nobody else listens on it, so a program that is
 * restarted finds its port free.
 */
export async function reserveLoopback(): Promise<string> {
  for (;;) {
    // 127.0.x.y has addresses that systems use themselves, such as 127.0.0.53 and 127.0.1.1.
    const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
    if ((await reserve(address)) !== undefined) return address;
  }
}
