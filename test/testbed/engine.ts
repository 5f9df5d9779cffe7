import Docker from 'dockerode';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import { startProgram, sweepProcesses, type Started } from './processes.ts';
import { waitFor } from './wait.ts';

export interface Engine {
  /** The image's root: etc/docker, var/lib/docker and run are below it. */
  readonly root: string;
  readonly socket: string;
  readonly pidFile: string;
  /** The network namespace, and the address other engines and the host reach it by. */
  readonly namespace: string;
  readonly address: string;
  readonly docker: Docker;
  readonly process: Started;
  /** A program in the Engine's network namespace. */
  startInside(program: string, args: readonly string[], logFile: string): Started;
  engineId(): Promise<string>;
  stop(): Promise<void>;
  /** Kills dockerd and everything it started, as a power cut would. */
  kill(): Promise<void>;
  /** Ends dockerd alone, and starts it again where it was. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface EngineOptions {
  root: string;
  namespace: string;
  address: string;
  /** Registries without TLS, `host:port`. */
  insecureRegistries: readonly string[];
  dockerd?: string;
  /** Its `daemon.json`. */
  settings?: Readonly<Record<string, unknown>>;
  /** Added to the Engine's environment, such as HTTPS_PROXY. */
  env?: Readonly<Record<string, string>>;
  /** Turns on user namespaces: root in a container is another user, and everything is below `UID.GID` of the data root. */
  isRemapped?: boolean;
}

/** Whom root in a container is, in an Engine with user namespaces. */
const remapped = { uid: 65_534, gid: 65_534, first: 100_000, count: 65_536 };

/** Starts a Docker Engine whose whole state lies below `root`, with the host's files out of its reach. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { root, namespace, address } = options;
  const below = (path: string): string => join(root, path);
  for (const path of ['etc/docker', 'var/lib/docker', 'run/docker', 'run/tmp', 'var/log']) {
    mkdirSync(below(path), { recursive: true });
  }
  if (options.settings !== undefined)
    writeFileSync(below('etc/docker/daemon.json'), JSON.stringify(options.settings));
  // The place to mount on; the package makes it too.
  mkdirSync('/etc/docker', { recursive: true });
  const socket = below('run/docker.sock');
  const pidFile = below('run/docker.pid');
  const daemon = [
    options.dockerd ?? 'dockerd',
    ...['--data-root', below('var/lib/docker'), '--exec-root', below('run/docker')],
    ...['--pidfile', pidFile, '--host', `unix://${socket}`],
    ...options.insecureRegistries.flatMap((registry) => ['--insecure-registry', registry]),
    ...(options.isRemapped === true ? ['--userns-remap', `${remapped.uid}:${remapped.gid}`] : []),
  ];
  const mounts = [below('etc/docker'), '/etc/docker'];
  if (options.isRemapped === true) {
    const { first, count } = remapped;
    for (const file of ['subuid', 'subgid']) {
      writeFileSync(below(`etc/${file}`), `nobody:${first}:${count}\n`);
      mounts.push(below(`etc/${file}`), `/etc/${file}`);
    }
  }
  const start = (args: readonly string[]): Started =>
    startProgram(
      'nsenter',
      [`--net=/run/netns/${namespace}`, ...args],
      below('var/log/dockerd.log'),
      // What containerd writes when it thinks that it hangs goes with everything else.
      { ...globalThis.process.env, TMPDIR: below('run/tmp'), ...options.env },
    );
  let process = start([
    // What is unmounted outside goes inside too; nothing that is mounted inside shows outside.
    ...['unshare', '--mount', '--propagation', 'slave'],
    ...[
      'sh',
      '-ec',
      'while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done; shift; exec "$@"',
      'sh',
    ],
    ...[...mounts, '--'],
    ...daemon,
  ]);
  const docker = new Docker({ socketPath: socket });
  const engine: Engine = {
    root,
    socket,
    pidFile,
    namespace,
    address,
    docker,
    get process() {
      return process;
    },
    startInside: (program, args, logFile) =>
      startProgram('nsenter', [`--net=/run/netns/${namespace}`, program, ...args], logFile),
    async engineId() {
      const info: { ID?: string } = await docker.info();
      return info.ID ?? '';
    },
    async stop() {
      await process.stop('SIGTERM', 20_000);
      await sweepProcesses(root);
    },
    async kill() {
      process.child.kill('SIGKILL');
      await sweepProcesses(root);
    },
    async restart(signal) {
      // Its mounts are there as long as somebody holds their namespace.
      const held = openSync(`/proc/${process.pid}/ns/mnt`, 'r');
      try {
        await process.stop(signal, 30_000);
        removeDeadPid(below('run/docker/containerd/containerd.pid'));
        process = start([`--mount=/proc/${globalThis.process.pid}/fd/${held}`, ...daemon]);
        await answering();
      } finally {
        closeSync(held);
      }
    },
  };
  const answering = (): Promise<unknown> =>
    waitFor(`Docker in ${root}`, async () => {
      if (process.ended() !== undefined) throw new Error(`dockerd ended: ${process.log().slice(-2000)}`);
      return (
        existsSync(socket) &&
        (await docker.ping().then(
          () => true,
          () => false,
        ))
      );
    });
  await answering();
  return engine;
}

/**
 * Docker 20.10 takes a containerd that has died with it, and that nobody has waited for, for one that lives. Under systemd
 * containerd is a service of its own; where the machine's first process reaps nobody, the file has to go.
 */
function removeDeadPid(file: string): void {
  if (!existsSync(file)) return;
  const stat = `/proc/${readFileSync(file, 'utf8').trim()}/stat`;
  if (existsSync(stat) && readFileSync(stat, 'utf8').split(') ')[1]?.startsWith('Z') === true) rmSync(file);
}

/** A copy of an image's root, as a clone of its disk has it: without what lives in memory. */
export async function cloneRoot(from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  await command('cp', ['--archive', '--reflink=auto', `${from}/.`, to]);
  await rm(join(to, 'run'), { recursive: true, force: true });
}
