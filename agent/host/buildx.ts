import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseJson, textMember } from '../core/json.ts';

/** Where Docker's command looks for plugins of the whole machine, in its order. */
const places = ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map((directory) =>
  join(directory, 'docker/cli-plugins/docker-buildx'),
);
/** Milliseconds for a program of 60 MB that prints a few lines, from a cold disk. */
const deadline = 10_000;

/**
 * The version of Docker's buildx, by its own word. It is asked as Docker's command asks any plugin what it is
 * (https://pkg.go.dev/github.com/docker/cli/cli-plugins/metadata), which makes no builder and does not reach for Docker.
 * @param programs where it may be; the first that answers counts
 * @returns undefined when there is none
 */
export async function buildxVersion(
  signal: AbortSignal,
  programs: readonly string[] = places,
): Promise<string | undefined> {
  for (const program of programs) {
    const version = textMember(parseJson(await metadataOf(program, signal)), 'Version');
    if (/^[\w.+~-]{1,64}$/.test(version)) return version;
  }
  return undefined;
}

/** Runs buildx without a home or settings, so that it leaves nothing behind. */
async function metadataOf(program: string, signal: AbortSignal): Promise<string> {
  const options = { env: { DOCKER_CONFIG: '/nonexistent' }, timeout: deadline, signal };
  return await new Promise((resolve) => {
    execFile(program, ['docker-cli-plugin-metadata'], options, (failure, stdout) =>
      resolve(failure === null ? stdout : ''),
    );
  });
}
