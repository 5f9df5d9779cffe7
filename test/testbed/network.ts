import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { command } from './command.ts';
import { reserve, type Reservation } from './reservation.ts';

/** A bridge in a namespace of its own, joined to the host by one link. */
export interface Hub {
  /** The host's address on it. */
  readonly hostAddress: string;
  /** Namespaces made so far, the hub's own first. */
  readonly namespaces: readonly string[];
  /** A new namespace with a link to the bridge, an address and a default route to the host. */
  addNamespace(): Promise<{ name: string; address: string }>;
  /** Removes every namespace and, with them, every link. */
  close(): Promise<void>;
}

const ip = (...args: string[]): Promise<string> => command('ip', args);

/** @param id short and unique on this machine: interface names have at most 15 characters */
export async function createHub(id: string): Promise<Hub> {
  const { prefix, reservation } = await reservePrefix();
  const hostAddress = `${prefix}.1`;
  const hub = `${id}h`;
  const namespaces: string[] = [];
  let count = 0;
  const add = async (name: string): Promise<void> => {
    await ip('netns', 'add', name);
    namespaces.push(name);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  };
  const close = async (): Promise<void> => {
    for (const name of namespaces.splice(0).reverse()) await removeNamespace(name);
    await reservation.release();
  };
  try {
    await add(hub);
    await ip('-n', hub, 'link', 'add', 'bridge', 'type', 'bridge');
    await ip('-n', hub, 'link', 'set', 'bridge', 'up');
    await ip('link', 'add', `${id}0`, 'type', 'veth', 'peer', 'name', 'host', 'netns', hub);
    await ip('-n', hub, 'link', 'set', 'host', 'master', 'bridge', 'up');
    await ip('address', 'add', `${hostAddress}/24`, 'dev', `${id}0`);
    await ip('link', 'set', `${id}0`, 'up');
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    hostAddress,
    namespaces,
    close,
    async addNamespace() {
      const number = ++count;
      const name = `${id}n${number}`;
      const address = `${prefix}.${number + 10}`;
      await add(name);
      await ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', `n${number}`, 'netns', hub);
      await ip('-n', hub, 'link', 'set', `n${number}`, 'master', 'bridge', 'up');
      await ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
      await ip('-n', name, 'link', 'set', 'eth0', 'up');
      await ip('-n', name, 'route', 'add', 'default', 'via', hostAddress);
      return { name, address };
    },
  };
}

/** Removes a namespace with its links. A missing namespace is not an error. */
export async function removeNamespace(name: string): Promise<void> {
  const known = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0]);
  if (known.includes(name)) await ip('netns', 'delete', name);
}

/** The first three numbers of a /24 that no interface of this machine uses and that no other test bed is about to use. */
async function reservePrefix(): Promise<{ prefix: string; reservation: Reservation }> {
  const start = randomInt(256);
  for (let offset = 0; offset < 256; offset++) {
    const prefix = `10.213.${(start + offset) % 256}`;
    const reservation = await reserve(`${prefix}.0`);
    if (reservation === undefined) continue;
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    if (!addresses.some(({ address }) => address.startsWith(`${prefix}.`))) return { prefix, reservation };
    await reservation.release();
  }
  throw new Error('every network below 10.213.0.0/16 is in use on this machine');
}
