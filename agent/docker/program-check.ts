import { IncomingMessage } from 'node:http';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { accountProblem, headBytes, readHead } from '../core/image/program-head.ts';
import { readTar } from '../core/image/tar.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import type { DockerClient } from './client.ts';
import { programOf } from './container-spec.ts';
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
/** Scripts whose interpreters are scripts, as in the kernel. */
const maxScripts = 4;
/** Bytes of a table of users. */
const maxTable = 1024 * 1024;

interface PathStat {
  mode: number;
  linkTarget: string;
}

/** What decides which program a container runs. */
export type CheckedProgram = Pick<ContainerSpec, 'image'> & {
  [K in 'entrypoint' | 'command' | 'workingDir' | 'env']?: ContainerSpec[K] | undefined;
};

/**
 * Looks, without running anything, whether a container's command can be started: the file exists, is not a directory, has
 * an execute bit, is of the image's architecture, its interpreter is there when it is a script, and the image knows its
 * user. A container is created for it and removed.
 * @throws ParbakeError ENTRYPOINT_INVALID with the reason; IMAGE_NOT_FOUND, and as `dockerError` says
 */
export async function checkProgram(
  client: DockerClient,
  { image, workingDir, env, ...own }: CheckedProgram,
  signal: AbortSignal,
): Promise<void> {
  const { Config, Architecture } = await withDeadline(
    `inspect image ${image}`,
    dockerDeadlines.inspect,
    signal,
    () => client.getImage(image).inspect(),
  ).catch((cause: unknown) => {
    throw isNotFound(cause) ? new ParbakeError('IMAGE_NOT_FOUND', `image ${image} is not here`) : cause;
  });
  const list = (value: string | string[] | null | undefined): string[] =>
    typeof value === 'string' ? [value] : (value ?? []);
  const [program] = programOf(own, { entrypoint: list(Config.Entrypoint), cmd: list(Config.Cmd) });
  if (program === undefined || program === '')
    throw new ParbakeError('ENTRYPOINT_INVALID', `image ${image} has neither an entrypoint nor a command`);
  const imagePath = (Config.Env ?? []).find((one) => one.startsWith('PATH='))?.slice(5);
  const path = env?.['PATH'] ?? imagePath ?? defaultPath;
  const { id } = await withDeadline(
    `create a container of ${image}`,
    dockerDeadlines.create,
    signal,
    (abortSignal) => client.createContainer({ Image: image, abortSignal }),
  );
  try {
    const inside: Inside = {
      architecture: Architecture,
      workingDir: workingDir ?? Config.WorkingDir,
      stat: (at) => statIn(client, id, at, signal),
      read: (at, most) => readIn(client, id, at, most, signal),
    };
    const reason = await programProblem(program, path, inside);
    if (reason !== undefined)
      throw new ParbakeError('ENTRYPOINT_INVALID', `image ${image} cannot run "${program}": ${reason}`);
    const account = await userProblem(Config.User, inside);
    if (account !== undefined)
      throw new ParbakeError('ENTRYPOINT_INVALID', `image ${image} cannot be started: ${account}`);
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

/** A look into an image. */
interface Inside {
  architecture: string;
  workingDir: string;
  stat: (path: string) => Promise<PathStat | undefined>;
  /** The first bytes of a file, not more than `most`. */
  read: (path: string, most: number) => Promise<Buffer>;
}

/** @returns undefined when it can be executed */
async function programProblem(program: string, path: string, inside: Inside): Promise<string | undefined> {
  const problems: string[] = [];
  for (const candidate of candidatesOf(program, path, inside.workingDir)) {
    const problem = await problemOf(candidate, inside, 0);
    if (problem === undefined) return undefined;
    problems.push(`${candidate} ${problem}`);
  }
  // In a PATH, a file that cannot be executed is a better explanation than one that is missing.
  const told = problems.find((one) => !one.endsWith(notThere)) ?? problems.at(-1) ?? '';
  return told.endsWith(notThere) && !program.includes('/') ? `it is in none of ${path}` : told;
}

/** Looks a program up as Docker and the gate do. */
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

/**
 * @param depth of scripts whose interpreters are scripts
 * @returns undefined when it can be executed
 */
async function problemOf(path: string, inside: Inside, depth: number): Promise<string | undefined> {
  let at = path;
  for (let links = 0; links < maxLinks; links++) {
    const found = await inside.stat(at);
    if (found === undefined) return at === path ? notThere : `leads to ${at}, which ${notThere}`;
    if (found.mode >= modeDirectory) return 'is a directory';
    if (Math.floor(found.mode / modeSymlink) % 2 === 0) {
      if ((found.mode & anyExecute) === 0) return 'has no execute permission';
      return await contentProblem(at, inside, depth);
    }
    if (found.linkTarget === '' || found.linkTarget === at) return 'is a link that leads nowhere';
    at = found.linkTarget;
  }
  return 'is a link that leads in a circle';
}

async function contentProblem(path: string, inside: Inside, depth: number): Promise<string | undefined> {
  const head = readHead(await inside.read(path, headBytes), inside.architecture);
  if (head.kind === 'unfit') return head.reason;
  if (head.kind === 'unknown') return undefined;
  if (depth === maxScripts) return 'is a script for a script for a script, and so on';
  const { interpreter } = head;
  // The kernel looks in no PATH.
  const [place = ''] = candidatesOf(interpreter, inside.workingDir || '/', inside.workingDir);
  const problem = await problemOf(place, inside, depth + 1);
  return problem === undefined ? undefined : `is a script for ${interpreter}, which ${problem}`;
}

async function userProblem(user: string, inside: Inside): Promise<string | undefined> {
  const text = async (path: string): Promise<string> =>
    (await inside.stat(path)) === undefined ? '' : (await inside.read(path, maxTable)).toString('utf8');
  // Most images have no name in it to look up.
  if (/^\d*(?::\d*)?$/.test(user)) return undefined;
  return accountProblem(user, await text('/etc/passwd'), await text('/etc/group'));
}

/** Reads the first bytes of a file in a container; empty when it is not a file. */
async function readIn(
  client: DockerClient,
  id: string,
  path: string,
  most: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return await withDeadline(`read ${path} in an image`, dockerDeadlines.inspect, signal, async () => {
    const archive: unknown = await client.getContainer(id).getArchive({ path });
    if (!(archive instanceof IncomingMessage)) throw new Error('the library gave something else');
    const pieces: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const entry of readTar(archive)) {
        for await (const piece of entry.body) {
          pieces.push(piece);
          length += piece.length;
          if (length >= most) break;
        }
        break;
      }
    } finally {
      // A program may be large, and the Engine would wait to send the rest.
      archive.destroy();
    }
    return Buffer.concat(pieces).subarray(0, most);
  });
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
