import { ParbakeError } from '../../../proto/errors/errors.ts';
import { member, parseJson, textMember } from '../json.ts';

/** Credentials for one registry. They are never printed, logged or stored. */
export interface Login {
  username?: string | undefined;
  password?: string | undefined;
  identitytoken?: string | undefined;
  serveraddress: string;
}

/** The logins in a `config.json` of the Docker client. */
export interface ConfiguredLogins {
  /** Finds a login in the file itself. @param domain as in an image reference */
  find(domain: string): Login | undefined;
  /** Returns the credential helper for a registry, `X` of `docker-credential-X`. */
  helperFor(domain: string): string | undefined;
}

/** A program that prints the login for one registry. */
export interface LoginCommand {
  domain: string;
  /** User name for a program that prints only a password. */
  username?: string | undefined;
  program: string;
  args: string[];
}

const hub = 'docker.io';
/** Docker's clients know the Hub by this name. */
const hubServer = 'https://index.docker.io/v1/';
const ecrPattern = /^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/** @throws SyntaxError when the text is not JSON */
export function parseLogins(text: string): ConfiguredLogins {
  const config: unknown = JSON.parse(text);
  const logins = new Map<string, Login>();
  for (const [server, entry] of entriesOf(config, 'auths')) {
    const login = toLogin(server, entry);
    if (login !== undefined) logins.set(domainOf(server), login);
  }
  const helpers = new Map(
    entriesOf(config, 'credHelpers').flatMap(([server, name]) =>
      typeof name === 'string' && name !== '' ? [[domainOf(server), name] as const] : [],
    ),
  );
  const store = field(config, 'credsStore');
  return {
    find: (domain) => logins.get(domain),
    helperFor: (domain) => helpers.get(domain) ?? store,
  };
}

/** Returns the server name that a credential helper is asked for. */
export function helperServer(domain: string): string {
  return domain === hub ? hubServer : domain;
}

/**
 * Parses what a credential helper printed.
 * @returns undefined when it is not what helpers print
 */
export function parseHelperAnswer(text: string, domain: string): Login | undefined {
  const value = parseJson(text);
  const username = field(value, 'Username');
  const secret = field(value, 'Secret');
  if (username === undefined || secret === undefined) return undefined;
  const serveraddress = helperServer(domain);
  // The helpers' protocol marks a refresh token this way.
  return username === '<token>'
    ? { serveraddress, identitytoken: secret }
    : { serveraddress, username, password: secret };
}

/** Parses what a login command printed: JSON as a credential helper prints it, or only a password. */
export function parseCommandAnswer(text: string, { domain, username }: LoginCommand): Login | undefined {
  const answer = text.trim();
  if (answer.startsWith('{')) return parseHelperAnswer(answer, domain);
  if (answer === '' || answer.includes('\n')) return undefined;
  return { serveraddress: helperServer(domain), username: username ?? 'AWS', password: answer };
}

/**
 * `[USER@]REGISTRY=COMMAND`, where the command is a program, or a JSON list of a program and its arguments. No shell
 * ever reads it.
 * @throws ParbakeError USAGE
 */
export function parseLoginCommand(text: string): LoginCommand {
  const sign = text.indexOf('=');
  const [registry = '', user] = text.slice(0, Math.max(sign, 0)).split('@').reverse();
  const domain = domainOf(registry);
  if (sign < 1 || domain === '' || user === '')
    throw new ParbakeError('USAGE', `--login-command takes [USER@]REGISTRY=COMMAND, not "${text}"`);
  const [program = '', ...args] = argumentsOf(text.slice(sign + 1));
  if (program === '') throw new ParbakeError('USAGE', `--login-command for ${domain} names no program`);
  if (user === undefined && !ecrPattern.test(domain))
    throw new ParbakeError('USAGE', `--login-command for ${domain} needs a user: USER@${domain}=COMMAND`);
  return { domain, program, args, username: user };
}

function argumentsOf(command: string): string[] {
  const trimmed = command.trim();
  if (!trimmed.startsWith('[')) {
    if (/\s/.test(trimmed))
      throw new ParbakeError(
        'USAGE',
        `--login-command takes a program, or a JSON list such as ["program","argument"], not "${trimmed}"`,
      );
    return [trimmed];
  }
  const list = parseJson(trimmed);
  if (Array.isArray(list) && list.every((one): one is string => typeof one === 'string')) return list;
  throw new ParbakeError('USAGE', `--login-command: ${trimmed} is not a JSON list of texts`);
}

/** Keys are hosts, or addresses that old clients wrote, such as `https://index.docker.io/v1/`. */
function domainOf(server: string): string {
  const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? hub : host;
}

function toLogin(server: string, entry: unknown): Login | undefined {
  const identitytoken = field(entry, 'identitytoken');
  const pair = Buffer.from(field(entry, 'auth') ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const username = colon > 0 ? pair.slice(0, colon) : field(entry, 'username');
  const password = colon > 0 ? pair.slice(colon + 1).replace(/\0+$/, '') : field(entry, 'password');
  if (identitytoken === undefined && username === undefined) return undefined;
  return {
    serveraddress: server,
    username,
    password,
    identitytoken,
  };
}

function entriesOf(value: unknown, key: string): [string, unknown][] {
  const inner = member(value, key);
  return typeof inner === 'object' && inner !== null ? Object.entries(inner) : [];
}

function field(value: unknown, key: string): string | undefined {
  return textMember(value, key) || undefined;
}
