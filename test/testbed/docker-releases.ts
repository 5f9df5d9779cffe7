import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import { command } from './command.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { madeOnce } from './made-once.ts';

/** The two eras of Docker's identity: a private key in key.json, and an id in engine-id. */
const suites = { 'docker-20.10': 'bookworm', 'docker-26.1': 'trixie' } as const;

export type DockerReleaseName = keyof typeof suites;

export const dockerReleaseNames = Object.keys(suites) as DockerReleaseName[];

/** What `startEngine` takes to run another Docker than the installed one. */
export interface DockerRelease {
  name: DockerReleaseName;
  dockerd: string;
  env: Readonly<Record<string, string>>;
}

/** Unpacked packages, by release and version. */
const cache = '/var/cache/parbake/engines';

/**
 * A Docker of that release: the machine's own if it is one, else Debian's packages from the mirror that the machine's
 * package manager uses, unpacked beside it. Installs nothing and leaves the machine's package state alone.
 * @returns why there is none, when there is none
 */
export async function dockerRelease(name: DockerReleaseName): Promise<DockerRelease | { missing: string }> {
  try {
    const installed = await versionOf('dockerd').catch(() => '');
    if (installed.startsWith(versionPrefix(name))) return { name, dockerd: 'dockerd', env: {} };
    const directory = cachedDirectory(name) ?? (await fetchRelease(name));
    const programs = [join(directory, 'usr/sbin'), join(directory, 'usr/bin')];
    const dockerd = join(directory, 'usr/sbin/dockerd');
    // A newer C library than this machine's would show here. Its runc is the machine's own: it keeps no identity.
    await versionOf(dockerd);
    return { name, dockerd, env: { PATH: [...programs, process.env['PATH'] ?? ''].join(':') } };
  } catch (cause) {
    const text = reasonOf(cause);
    // Show only the errors of the package manager.
    const reason = /^(?:.* exited with \S+ )?E: (.*)$/m.exec(text)?.[1] ?? text.split('\n')[0] ?? '';
    return { missing: `needs ${name}, which could not be fetched: ${reason}` };
  }
}

function versionPrefix(name: DockerReleaseName): string {
  return `${name.replace('docker-', '')}.`;
}

/** Version, such as `26.1.5+dfsg1`. */
async function versionOf(dockerd: string): Promise<string> {
  return /version ([^,\s]+)/.exec(await command(dockerd, ['--version']))?.[1] ?? '';
}

function cachedDirectory(name: DockerReleaseName): string | undefined {
  const folder = join(cache, name);
  // Other names are of a run that was killed while it unpacked.
  const versions = existsSync(folder) ? readdirSync(folder).filter((entry) => !entry.startsWith('.')) : [];
  const newest = versions.sort().at(-1);
  return newest === undefined ? undefined : join(folder, newest);
}

async function fetchRelease(name: DockerReleaseName): Promise<string> {
  mkdirSync(join(cache, name), { recursive: true });
  const scratch = mkdtempSync(join(cache, name, '.fetch-'));
  try {
    const tree = join(scratch, 'tree');
    const versions = await unpackDebianPackages(suites[name], ['docker.io', 'containerd'], tree);
    const version = versions['docker.io'] ?? '';
    if (!version.startsWith(versionPrefix(name)))
      throw new Error(`${suites[name]} has Docker ${version} and not ${versionPrefix(name)}x`);
    const directory = join(cache, name, version);
    return await madeOnce(directory, async (making) => {
      renameSync(tree, making);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
