import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { command } from './command.ts';
import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import { createHub, removeNamespace, type Hub } from './network.ts';
import { sweepProcesses } from './processes.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { startRegistry, type Registry } from './registry.ts';

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

const directoryPrefix = 'parbake-testbed-';
const recordName = 'testbed.json';

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
  const directory = mkdtempSync(join(tmpdir(), directoryPrefix));
  const id = `pb${basename(directory).slice(directoryPrefix.length).toLowerCase()}`;
  const actions: (() => Promise<void>)[] = [];
  let hub: Hub | undefined;
  let registry: Promise<Registry> | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const action of actions.reverse()) await action().catch(() => {});
    await removeTestbed(directory, hub?.namespaces ?? []);
  };
  writeRecord(directory, id);
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

/** Written first, so that a later run can remove what this one leaves when it is killed. */
function writeRecord(directory: string, id: string): void {
  writeFileSync(
    join(directory, recordName),
    JSON.stringify({ id, pid: process.pid, start: startOf(process.pid) }),
  );
}

/** A process's start in clock ticks since boot: with the pid it names one process for ever. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}

async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(directoryPrefix))) {
    const directory = join(tmpdir(), name);
    const record = join(directory, recordName);
    if (!existsSync(record)) continue;
    const { id, pid, start }: { id: string; pid: number; start: string } = JSON.parse(
      readFileSync(record, 'utf8'),
    );
    if (startOf(pid) === start) continue;
    const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
    await removeTestbed(
      directory,
      namespaces.filter((namespace) => namespace.startsWith(id)),
    );
  }
}

async function removeTestbed(directory: string, namespaces: readonly string[]): Promise<void> {
  await sweepProcesses(directory);
  for (const namespace of [...namespaces].reverse()) await removeNamespace(namespace);
  for (const mount of mountsBelow(directory)) await command('umount', ['--recursive', mount]);
  await rm(directory, { recursive: true, force: true });
}

/** Mount points below a directory in our own mount namespace, innermost first. */
function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${directory}/`))
    .reverse();
}
