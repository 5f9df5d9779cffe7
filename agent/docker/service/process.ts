import { readFile, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Root } from '../../host/root.ts';
import { readRegularText } from '../../host/regular-file.ts';

/** A process of a root's Docker. */
export interface DockerProcess {
  pid: number;
  role: 'dockerd' | 'containerd' | 'container';
  /** In clock ticks since boot: with the pid it names one process for ever. */
  start: string;
}

/**
 * The processes of the Docker that works on a root, wherever its pid file is. A pid file alone is not believed: on a
 * mounted image it may name a process of this machine, even its dockerd.
 * @param pidFile on this machine; believed for the machine's own root, and when `isNamed`
 */
export async function dockerProcesses(
  root: Root,
  pidFile: string,
  isNamed: boolean,
): Promise<DockerProcess[]> {
  const fromFile = await pidIn(pidFile);
  const isOwn = root.dir === '/';
  const dir = await realpath(root.dir).catch(() => root.dir);
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const found = await Promise.all(
    pids.map(async (pid): Promise<DockerProcess[]> => {
      const role = await roleOf(pid);
      const start = role === undefined ? undefined : await startOf(pid);
      if (role === undefined || start === undefined) return [];
      const isFromFile = role === 'dockerd' && pid === fromFile && (isOwn || isNamed);
      const isTheRoots = isFromFile || (isOwn ? await usesRunDocker(pid) : await usesDirectory(pid, dir));
      return isTheRoots ? [{ pid, role, start }] : [];
    }),
  );
  return found.flat();
}

/** A dockerd that works elsewhere than the one whose pid file is known: from a snap, rootless, or with its own data root. */
export interface OtherDaemon {
  pid: number;
  /** systemd's unit, such as `snap.docker.dockerd.service`; empty outside of one. */
  unit: string;
}

/**
 * Every dockerd of this machine that is not among the known processes. One in a container or a chroot of its own belongs to that,
 * but a snap has its own root as well.
 */
export async function otherDaemons(known: readonly DockerProcess[]): Promise<OtherDaemon[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const strangers = pids.filter((pid) => known.every((process) => process.pid !== pid));
  const found = await Promise.all(
    strangers.map(async (pid) => {
      if ((await roleOf(pid)) !== 'dockerd' || (await startOf(pid)) === undefined) return [];
      const unit = await unitOf(pid);
      return unit.startsWith('snap.') || (await hasOurRoot(pid)) ? [{ pid, unit }] : [];
    }),
  );
  return found.flat();
}

async function hasOurRoot(pid: number): Promise<boolean> {
  const [own, other] = await Promise.all(
    ['/', `/proc/${pid}/root/`].map((path) => stat(path).catch(() => undefined)),
  );
  return own?.dev === other?.dev && own?.ino === other?.ino;
}

async function unitOf(pid: number): Promise<string> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return /([^/\n]+\.service)$/m.exec(groups)?.[1] ?? '';
}

/** Whether that process, and not another one with its number, still runs. */
export async function isAlive({ pid, start }: DockerProcess): Promise<boolean> {
  return (await startOf(pid)) === start;
}

async function pidIn(pidFile: string): Promise<number | undefined> {
  const text = (await readRegularText(pidFile).catch(() => '')).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

async function roleOf(pid: number): Promise<DockerProcess['role'] | undefined> {
  const comm = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  const exe = basename(await readlink(`/proc/${pid}/exe`).catch(() => ''));
  for (const name of [comm, exe]) {
    if (/^dockerd\b/.test(name)) return 'dockerd';
    // The kernel cuts names after fifteen characters.
    if (name.startsWith('containerd-shi')) return 'container';
    if (name === 'containerd') return 'containerd';
  }
  return undefined;
}

/** Undefined when it has ended, also when nobody has asked for its exit code yet. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold anything, also spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

async function argumentsOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
}

/** The machine's own Docker: containerd and containers are started with its exec root, or in its namespace. */
async function usesRunDocker(pid: number): Promise<boolean> {
  const args = await argumentsOf(pid);
  if (args.some((argument) => /^(\/var)?\/run\/docker\/containerd\//.test(argument))) return true;
  return args.includes('moby') && args.includes('/run/containerd/containerd.sock');
}

/** Named in its arguments, its root directory, or one of the files that dockerd always has open. */
async function usesDirectory(pid: number, dir: string): Promise<boolean> {
  if ((await argumentsOf(pid)).some((argument) => argument.includes(`${dir}/`))) return true;
  if ((await readlink(`/proc/${pid}/root`).catch(() => '')) === dir) return true;
  const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const files = await Promise.all(open.map((fd) => readlink(join(`/proc/${pid}/fd`, fd)).catch(() => '')));
  return files.some((file) => file.startsWith(`${dir}/`));
}
