import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import { createHub, removeNamespace, type Hub } from './network.ts';
import { sweepProcesses } from './processes.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { removeTree } from './remove-tree.ts';
import { startRegistry, type Registry } from './registry.ts';
import { reserve, type Reservation } from './reservation.ts';

/** Real parts in a directory and in network namespaces of their own, and their removal. */
export interface Testbed {
  readonly directory: string;
  /** The host's address on the testbed's network. */
  readonly hostAddress: string;
  /** A new directory in the testbed. */
  makeDirectory(name: string): string;
  /** One registry for the testbed, started at the first call. */
  registry(): Promise<Registry>;
  /** A proxy before the registry whose connections can be broken. */
  registryProxy(): Promise<Proxy>;
  /**
   * A Docker Engine in a network namespace of its own.
   * @param root of the image; a new empty one when not given
   * @param dockerd another program than the installed one
   * @param env added to the Engine's environment
   * @throws Error when the testbed is being closed
   */
  startEngine(
    options?: Partial<Pick<EngineOptions, 'root' | 'dockerd' | 'env' | 'isRemapped' | 'settings'>>,
  ): Promise<Engine>;
  /** A network namespace for something else than an Engine, with its address; removed with the testbed. */
  addNamespace(): Promise<{ name: string; address: string }>;
  /** Also called when the testbed is closed, last first. */
  onClose(action: () => Promise<void>): void;
  /** Ends every process, unmounts, removes namespaces and files. May be called twice. */
  close(): Promise<void>;
}

/** Followed by the test bed's id, with which the names of its network namespaces begin, too. */
const directoryPrefix = 'parbake-bed-';

/** Why no testbed can be had here; undefined when one can. */
export function testbedMissing(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  const directories = (process.env['PATH'] ?? '').split(':').concat('/usr/sbin', '/usr/bin');
  const programs = ['dockerd', 'docker-registry', 'ip', 'nsenter'];
  const missing = programs.filter((program) => !directories.some((dir) => existsSync(join(dir, program))));
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/** Removes what a dead run left behind, then makes a new testbed. */
export async function createTestbed(): Promise<Testbed> {
  await removeLeftovers();
  const { id, directory, reservation } = await makeTestbedDirectory();
  const actions: (() => Promise<void>)[] = [];
  let hub: Hub | undefined;
  let registry: Promise<Registry> | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const action of actions.reverse()) await action().catch(() => {});
    await removeTestbed(directory, hub?.namespaces ?? []);
    await hub?.close();
    await reservation.release();
  };
  try {
    hub = await createHub(id);
  } catch (cause) {
    await close();
    throw cause;
  }
  const { hostAddress } = hub;
  const network = hub;
  let engines = 0;
  const refuseWhenClosing = (): void => {
    if (closing !== undefined) throw new Error('the testbed is being closed');
  };
  const startedRegistry = (): Promise<Registry> =>
    (registry ??= startRegistry(join(directory, 'registry'), hostAddress));
  return {
    directory,
    hostAddress,
    makeDirectory(name) {
      const path = join(directory, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    registry: startedRegistry,
    async registryProxy() {
      const proxy = await startProxy(hostAddress, (await startedRegistry()).address);
      actions.push(() => proxy.close());
      return proxy;
    },
    async startEngine(options = {}) {
      const root = options.root ?? join(directory, `root${++engines}`);
      refuseWhenClosing();
      const { name, address } = await network.addNamespace();
      refuseWhenClosing();
      // Root of a container in a user namespace has to get through, and sees no names.
      if (options.isRemapped === true) chmodSync(directory, 0o711);
      const engine = await startEngine({
        ...options,
        root,
        namespace: name,
        address,
        insecureRegistries: [`${hostAddress}/24`],
      });
      actions.push(() => engine.stop());
      return engine;
    },
    addNamespace: () => {
      refuseWhenClosing();
      return network.addNamespace();
    },
    onClose: (action) => void actions.push(action),
    close: () => (closing ??= close()),
  };
}

/** A directory under an id that is reserved before it exists, so nobody takes it for one that a dead run left. */
async function makeTestbedDirectory(): Promise<{ id: string; directory: string; reservation: Reservation }> {
  for (;;) {
    const id = `pb${randomBytes(4).toString('hex')}`;
    const directory = join(tmpdir(), `${directoryPrefix}${id}`);
    const reservation = await reserve(id);
    if (reservation === undefined) continue;
    if (!existsSync(directory)) {
      mkdirSync(directory, { mode: 0o700 });
      return { id, directory, reservation };
    }
    await reservation.release();
  }
}

/** Removes every test bed whose process is gone. Another process that holds its id is using or removing it. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(directoryPrefix))) {
    const id = name.slice(directoryPrefix.length);
    const reservation = await reserve(id);
    if (reservation === undefined) continue;
    const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
    await removeTestbed(
      join(tmpdir(), name),
      namespaces.filter((namespace) => namespace.startsWith(id)),
    );
    await reservation.release();
  }
}

async function removeTestbed(directory: string, namespaces: readonly string[]): Promise<void> {
  await sweepProcesses(directory);
  for (const namespace of [...namespaces].reverse()) await removeNamespace(namespace);
  await removeTree(directory);
}
