import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { startProgram, type Started } from '../testbed/processes.ts';
import { waitFor } from '../testbed/wait.ts';
import type { Testbed } from '../testbed/testbed.ts';

/** A way to start an image's command without Docker. */
export interface BareWay {
  /** What is not part of the start. */
  prepare(): Promise<void>;
  /** Resolves once it was asked for; whether it answers is for the caller to see. */
  start(id: string): Promise<void>;
  stop(id: string): Promise<void>;
}

export interface BareWays {
  runc: BareWay;
  forkExec: BareWay;
  close(): Promise<void>;
}

/**
 * The physical limits: the same command on the same files, by `runc run` with the namespaces that it makes in a few
 * milliseconds, and by fork and exec in a chroot. Both use the Engine's network namespace, so no network is made.
 */
export async function bareWays(testbed: Testbed, engine: Engine, ref: string): Promise<BareWays> {
  const directory = testbed.makeDirectory(`bare-${engine.namespace}`);
  const rootfs = join(directory, 'rootfs');
  mkdirSync(rootfs);
  await exportImage(engine, ref, directory, rootfs);
  const { Config } = await engine.docker.getImage(ref).inspect();
  const args = [...[Config.Entrypoint ?? []].flat(), ...[Config.Cmd ?? []].flat()];
  const [uid = '0', gid = uid] = (Config.User || '0:0').split(':');
  const { StopSignal: stopSignal = 'SIGTERM' }: { User?: string; StopSignal?: NodeJS.Signals } = Config;
  const process = { args, env: Config.Env ?? [], cwd: Config.WorkingDir || '/', uid, gid };
  await writeBundle(directory, process);
  const inNetwork = [`--net=/run/netns/${engine.namespace}`];
  const log = join(directory, 'bare.log');
  const mounts = ['proc', 'dev'];
  let isMounted = false;
  const running = new Map<string, Started>();
  const runcRoot = ['--root', join(directory, 'runc')];
  return {
    runc: {
      prepare: async () => {},
      async start(id) {
        const run = ['runc', ...runcRoot, 'run', '--bundle', directory, id];
        running.set(id, startProgram('nsenter', [...inNetwork, ...run], log));
      },
      async stop(id) {
        // Stop it as Docker does, so that a database need not recover in the next round.
        await command('runc', [...runcRoot, 'kill', id, stopSignal]);
        const started = running.get(id);
        // A first process may ignore it.
        await waitFor(`${id} to end`, () => started?.ended() !== undefined, 1_000).catch(() =>
          command('runc', [...runcRoot, 'kill', id, 'KILL']),
        );
        await started?.stop();
      },
    },
    forkExec: {
      async prepare() {
        if (isMounted) return;
        isMounted = true;
        for (const name of mounts) {
          mkdirSync(join(rootfs, name), { recursive: true });
          await command('mount', ['--rbind', `/${name}`, join(rootfs, name)]);
          await command('mount', ['--make-rslave', join(rootfs, name)]);
        }
      },
      async start(id) {
        const become = [
          'unshare',
          `--root=${rootfs}`,
          `--wd=${process.cwd}`,
          `--setgid=${gid}`,
          `--setuid=${uid}`,
        ];
        const all = [...inNetwork, ...become, ...args];
        running.set(id, startProgram('nsenter', all, log, environmentOf(process.env)));
      },
      async stop(id) {
        const started = running.get(id);
        // Its workers are in its process group.
        if (started !== undefined) globalThis.process.kill(-started.pid, stopSignal);
        await started?.stop(stopSignal);
      },
    },
    async close() {
      if (!isMounted) return;
      for (const name of mounts) await command('umount', ['--recursive', join(rootfs, name)]);
    },
  };
}

interface Process {
  args: string[];
  env: string[];
  cwd: string;
  uid: string;
  gid: string;
}

async function exportImage(engine: Engine, ref: string, directory: string, rootfs: string): Promise<void> {
  const container = await engine.docker.createContainer({ Image: ref });
  const archive = join(directory, 'rootfs.tar');
  await command('docker', [`--host=unix://${engine.socket}`, 'export', '--output', archive, container.id]);
  await container.remove();
  await command('tar', ['--extract', '--numeric-owner', '--file', archive, '--directory', rootfs]);
}

/** What Docker gives a container. */
const capabilities = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
].map((name) => `CAP_${name}`);

/** runc's own default, with the image's process and without a network of its own. */
async function writeBundle(directory: string, { args, env, cwd, uid, gid }: Process): Promise<void> {
  await command('runc', ['spec', '--bundle', directory]);
  const path = join(directory, 'config.json');
  const spec: {
    process: Record<string, unknown>;
    root: Record<string, unknown>;
    linux: { namespaces: { type: string }[] };
  } = JSON.parse(readFileSync(path, 'utf8'));
  spec.process = {
    ...spec.process,
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    terminal: false,
    args,
    env,
    cwd,
    user: { uid: Number(uid), gid: Number(gid) },
  };
  spec.root = { path: 'rootfs', readonly: false };
  spec.linux.namespaces = spec.linux.namespaces.filter(({ type }) => type !== 'network');
  writeFileSync(path, JSON.stringify(spec));
}

function environmentOf(env: readonly string[]): Record<string, string> {
  const pairs = env.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...Object.fromEntries(pairs) };
}
