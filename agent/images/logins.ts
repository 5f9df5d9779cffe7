import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import {
  helperServer,
  parseCommandAnswer,
  parseHelperAnswer,
  parseLogins,
  type ConfiguredLogins,
  type Login,
  type LoginCommand,
} from '../core/image/registry-logins.ts';
import type { Root } from '../host/root.ts';
import { asError, reasonOf } from '../../proto/errors/cause.ts';

/** Ways into registries, in memory only. */
export interface RegistryLogins {
  /**
   * Asks a helper program once for each registry, and again when what it gave was refused.
   * @param domain as in an image reference
   * @param fresh asks the program again: a login may expire during a bake
   * @throws ParbakeError LOGIN_FAILED when a login command fails
   */
  find(domain: string, fresh?: boolean): Promise<Login | undefined>;
  /** Why a credential helper gave nothing; the image is then pulled without a login, as Docker does. */
  problems(): ReadonlyMap<string, string>;
  /** Registries whose login ends with the bake, and where it came from: a helper's name is all that a scrub leaves. */
  ending(): ReadonlyMap<string, string>;
}

export interface LoginSources {
  /** Go before everything else. */
  commands?: readonly LoginCommand[];
  /** What programs are run with; absent means this process' own. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Ends programs that are waited for. */
  signal: AbortSignal;
}

/** Milliseconds: a helper may ask a service for a token. */
const deadline = 30_000;

/**
 * Registry logins for this bake: of the commands given, of Docker's credential helpers, and of what somebody left in
 * root's `config.json`, which is read and never written; none when there is no such file.
 * @throws ParbakeError FILE_UNREADABLE
 */
export async function readLogins(
  root: Root,
  { commands = [], env, signal }: LoginSources,
): Promise<RegistryLogins> {
  const configured = await readConfiguration(root);
  const found = new Map<string, Promise<Login | undefined>>();
  const problems = new Map<string, string>();
  const ending = new Map<string, string>();
  const look = async (domain: string): Promise<Login | undefined> => {
    const command = commands.find((one) => one.domain === domain);
    ending.delete(domain);
    if (command !== undefined) {
      ending.set(domain, '--login-command');
      return await askCommand(command, { env, signal });
    }
    const helper = configured.helperFor(domain);
    const { login, problem } = helper === undefined ? {} : await askHelper(helper, domain, { env, signal });
    problems.delete(domain);
    if (problem !== undefined) problems.set(domain, problem);
    const written = configured.find(domain);
    if (login === undefined && written !== undefined) ending.set(domain, '/root/.docker/config.json');
    return login ?? written;
  };
  return {
    find(domain, fresh = false) {
      const login = (fresh ? undefined : found.get(domain)) ?? look(domain);
      found.set(domain, login);
      return login;
    },
    problems: () => problems,
    ending: () => ending,
  };
}

async function readConfiguration(root: Root): Promise<ConfiguredLogins> {
  const file = root.path('/root/.docker/config.json');
  try {
    return parseLogins(await readFile(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return parseLogins('{}');
    // The parser's message would quote the file.
    const reason = cause instanceof SyntaxError ? 'it is not JSON' : reasonOf(cause);
    throw new ParbakeError('FILE_UNREADABLE', `cannot read registry logins from ${file}: ${reason}`);
  }
}

/** @returns neither a login nor a problem when the helper has none for this registry */
async function askHelper(
  name: string,
  domain: string,
  surroundings: Surroundings,
): Promise<{ login?: Login; problem?: string }> {
  // It becomes the name of a program.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    return { problem: `"${name}" is not the name of a credential helper` };
  const program = `docker-credential-${name}`;
  const { reason, output } = await print(program, ['get'], `${helperServer(domain)}\n`, surroundings);
  if (reason !== undefined) {
    if (/credentials not found/i.test(output)) return {};
    return { problem: `${program} gave no login for ${domain}: ${reason}` };
  }
  const login = parseHelperAnswer(output, domain);
  if (login !== undefined) return { login };
  return { problem: `${program} printed no login for ${domain} that can be understood` };
}

async function askCommand(command: LoginCommand, surroundings: Surroundings): Promise<Login> {
  const { program, args, domain } = command;
  const { reason, output } = await print(program, args, '', surroundings);
  if (reason !== undefined)
    throw new ParbakeError('LOGIN_FAILED', `the login command for ${domain}, ${program}, failed: ${reason}`);
  const login = parseCommandAnswer(output, command);
  if (login !== undefined) return login;
  throw new ParbakeError('LOGIN_FAILED', `the login command for ${domain}, ${program}, printed no password`);
}

/** What a program is run with. */
interface Surroundings {
  env: LoginSources['env'] | undefined;
  signal: AbortSignal;
}

/**
 * Runs a program until it ends or its time is up. What it prints may be a secret and is in no message.
 * @throws the signal's reason when it aborts
 */
async function print(
  program: string,
  args: readonly string[],
  input: string,
  { env, signal }: Surroundings,
): Promise<{ output: string; reason?: string }> {
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const options = { env: env === undefined ? undefined : { ...env } };
    const child = execFile(program, [...args], options, (cause, stdout) => {
      settle();
      if (cause === null) resolve({ output: stdout });
      else resolve({ output: stdout, reason: failureOf(cause) });
    });
    // A program may ignore a polite signal, and one that it started may keep its output open.
    const end = (): void => {
      settle();
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const onAbort = (): void => {
      end();
      reject(asError(signal.reason));
    };
    const timer = setTimeout(() => {
      end();
      resolve({ output: '', reason: `it did not end within ${deadline / 1000} s` });
    }, deadline);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // One that does not want to be told anything has closed it.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

function failureOf({ code }: { code?: unknown }): string {
  if (code === 'ENOENT') return 'there is no such program';
  return typeof code === 'number' ? `it ended with ${code}` : `it cannot be run (${String(code)})`;
}
