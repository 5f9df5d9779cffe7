import { IncomingMessage } from 'node:http';
import { ParbakeError } from '../../proto/errors.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { isNotFound } from './errors.ts';

/** What Docker searches when the image sets no PATH. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Bits of Go's file mode, which is what the Engine's API gives. */
const modeDirectory = 2 ** 31;
const modeSymlink = 2 ** 27;
const anyExecute = 0o111;
/** The Engine resolves every link but the last; a chain that is longer is none that a program is found by. */
const maxLinks = 8;

interface PathStat {
  mode: number;
  linkTarget: string;
}

/**
 * Looks, without running anything, whether an image's own command can be executed: the file is there, is no directory and
 * has an execute bit. A container is created for it and removed.
 * @throws ParbakeError ENTRYPOINT_INVALID with the reason; IMAGE_NOT_FOUND, and as `dockerError` says
 */
export async function checkProgram(client: DockerClient, image: string, signal: AbortSignal): Promise<void> {
  const { Config } = await withDeadline(`inspect image ${image}`, dockerDeadlines.inspect, signal, () =>
    client.getImage(image).inspect(),
  ).catch((cause: unknown) => {
    throw isNotFound(cause) ? new ParbakeError('IMAGE_NOT_FOUND', `image ${image} is not here`) : cause;
  });
  const list = (value: string | string[] | null | undefined): string[] =>
    typeof value === 'string' ? [value] : (value ?? []);
  const [program] = [...list(Config.Entrypoint), ...list(Config.Cmd)];
  if (program === undefined || program === '')
    throw new ParbakeError('ENTRYPOINT_INVALID', `image ${image} has neither an entrypoint nor a command`);
  const path = (Config.Env ?? []).find((one) => one.startsWith('PATH='))?.slice(5) ?? defaultPath;
  const candidates = candidatesOf(program, path, Config.WorkingDir);
  const { id } = await withDeadline(
    `create a container of ${image}`,
    dockerDeadlines.create,
    signal,
    (abortSignal) => client.createContainer({ Image: image, abortSignal }),
  );
  try {
    const problems: string[] = [];
    for (const candidate of candidates) {
      const problem = await problemOf(client, id, candidate, signal);
      if (problem === undefined) return;
      problems.push(`${candidate} ${problem}`);
    }
    // Of a whole PATH, one that is there and cannot be executed says more than those that are not there.
    const told = problems.find((one) => !one.endsWith(notThere)) ?? problems.at(-1) ?? '';
    const isMissing = told.endsWith(notThere) && !program.includes('/');
    const reason = isMissing ? `it is in none of ${path}` : told;
    throw new ParbakeError('ENTRYPOINT_INVALID', `image ${image} cannot run "${program}": ${reason}`);
  } finally {
    await withDeadline(
      `remove the container of ${image}`,
      dockerDeadlines.remove,
      new AbortController().signal,
      () => client.getContainer(id).remove({ force: true, v: true }),
    );
  }
}

const notThere = 'is not there';

/** As Docker and the gate look a program up. */
export function candidatesOf(program: string, path: string, workingDir: string): string[] {
  const below = (directory: string): string =>
    `${directory.startsWith('/') ? '' : '/'}${directory.replace(/\/$/, '')}/${program}`;
  if (program.startsWith('/')) return [program];
  if (program.includes('/')) return [below(workingDir === '' ? '/' : workingDir)];
  return path
    .split(':')
    .filter((directory) => directory !== '')
    .map(below);
}

/** @returns undefined when it can be executed */
async function problemOf(
  client: DockerClient,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let at = path;
  for (let links = 0; links < maxLinks; links++) {
    const found = await statIn(client, id, at, signal);
    if (found === undefined) return at === path ? notThere : `leads to ${at}, which ${notThere}`;
    if (found.mode >= modeDirectory) return 'is a directory';
    if (Math.floor(found.mode / modeSymlink) % 2 === 0)
      return (found.mode & anyExecute) === 0 ? 'has no execute permission' : undefined;
    if (found.linkTarget === '' || found.linkTarget === at) return 'is a link that leads nowhere';
    at = found.linkTarget;
  }
  return 'is a link that leads in a circle';
}

async function statIn(
  client: DockerClient,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<PathStat | undefined> {
  try {
    const answer: unknown = await withDeadline(
      `look at ${path} in an image`,
      dockerDeadlines.inspect,
      signal,
      () => client.getContainer(id).infoArchive({ path }),
    );
    return toStat(answer);
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

/** The answer is a header: base64 of a JSON document. */
function toStat(answer: unknown): PathStat {
  if (!(answer instanceof IncomingMessage)) throw new Error('the library gave something else');
  answer.resume();
  const { headers } = answer;
  const encoded = String(headers['x-docker-container-path-stat'] ?? '');
  const stat = JSON.parse(Buffer.from(encoded, 'base64').toString()) as Partial<PathStat>;
  return { mode: stat.mode ?? 0, linkTarget: stat.linkTarget ?? '' };
}
