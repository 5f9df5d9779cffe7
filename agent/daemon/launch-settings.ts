import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { SettingSource } from '../../proto/process/cli/declaration.ts';
import { isLocal } from '../../proto/wire/address.ts';
import { imdsAddresses, readLaunchData, type LaunchData } from '../host/imds.ts';

/**
 * What user data and tags may say, each with what is wrong with a value. Whoever may launch or tag an instance decides what
 * they hold, so they give no certificates, unless the image allows them the CA: it says which coordinator is genuine.
 */
const launchSettings = {
  coordinator: addressProblem,
  'tls-name': (value: string) => (/^[A-Za-z0-9.:-]+$/.test(value) ? undefined : 'tls-name takes a name'),
  'tls-ca': (value: string) => (value.startsWith('/') ? undefined : 'tls-ca takes an absolute path'),
} satisfies Record<string, (value: string) => string | undefined>;
type LaunchName = keyof typeof launchSettings;

/** @param isCaAllowed `--launch-ca allow` */
function namesOf(isCaAllowed: boolean): LaunchName[] {
  return ['coordinator', 'tls-name', ...(isCaAllowed ? (['tls-ca'] as const) : [])];
}

/** Key of the instance tag for a setting. */
const tagOf = (name: string): string => `parbake:${name}`;

/** EC2's bound for the value of a tag, in characters; a DNS name has at most 253. */
const maxLength = 256;

/** Milliseconds between questions: tags may change while an instance runs. */
const bounds = { first: 1_000, max: 30_000 };

/** Settings that came with the launch of the instance, for an agent whose image does not know its coordinator. */
export class LaunchSettings {
  #failures = 0;
  #nextAt = 0;
  #sources: readonly SettingSource[] = [];
  #problem = '';

  /** Why the metadata service did not answer the last time; empty when it did. */
  get problem(): string {
    return this.#problem;
  }

  /**
   * Asks the metadata service, unless it was asked a moment ago. A service that does not answer has nothing to say yet.
   * @param imds as `--imds`. @param isCaAllowed whether they may set the CA
   * @throws ParbakeError USAGE for an invalid setting; the signal's reason when it aborts
   */
  async read(imds: string, isCaAllowed: boolean, signal: AbortSignal): Promise<readonly SettingSource[]> {
    if (imds === 'off') return [];
    if (performance.now() < this.#nextAt) return this.#sources;
    const bases = imds === '' ? imdsAddresses : [imds];
    const base = bases[this.#failures % bases.length] ?? imds;
    this.#sources = [];
    this.#problem = '';
    try {
      const data = await readLaunchData(base, namesOf(isCaAllowed).map(tagOf), signal);
      if (data !== undefined) this.#sources = launchSources(data, isCaAllowed);
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof ParbakeError) || cause.code !== 'IMDS_UNAVAILABLE') throw cause;
      this.#problem = reasonOf(cause);
    } finally {
      this.#nextAt = performance.now() + backoff(this.#failures++, Math.random(), bounds);
    }
    return this.#sources;
  }
}

/** @throws ParbakeError USAGE */
export function launchSources(
  { userData, tags }: LaunchData,
  isCaAllowed: boolean,
): readonly SettingSource[] {
  const tagged = namesOf(isCaAllowed).flatMap((name): [LaunchName, string][] => {
    const value = tags.get(tagOf(name));
    return value === undefined ? [] : [[name, checked(name, value, `instance tag ${tagOf(name)}`)]];
  });
  return [
    {
      origin: 'user-data',
      where: (name) => `${name} in user data`,
      values: textsOf(parseUserData(userData, isCaAllowed)),
    },
    { origin: 'tag', where: (name) => `instance tag ${tagOf(name)}`, values: textsOf(new Map(tagged)) },
  ];
}

function textsOf(values: ReadonlyMap<string, string>): SettingSource['values'] {
  return new Map([...values].map(([name, value]) => [name, [value]]));
}

/**
 * Finds the settings in user data, which has lines such as `# parbake-agent: coordinator = HOST:PORT`. They are comments
 * in every kind of user data: cloud-config, a shell script, or nothing else.
 * @throws ParbakeError USAGE for a line that begins like a setting and is not a valid one
 */
export function parseUserData(text: string, isCaAllowed: boolean): ReadonlyMap<string, string> {
  const allowed = namesOf(isCaAllowed);
  const values = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    const [, directive] = /^#[ \t]*parbake-agent:(.*)/.exec(line) ?? [];
    if (directive === undefined) continue;
    const where = `line ${index + 1} of the user data`;
    const [, name = '', value = ''] = /^\s*([a-z-]{1,40})\s*=\s*(\S+)\s*$/.exec(directive) ?? [];
    if (name === '') throw new ParbakeError('USAGE', `${where}: a setting is "name = value"`);
    const known = allowed.find((one) => one === name);
    if (known === undefined)
      throw new ParbakeError(
        'USAGE',
        `${where}: user data may not set "${name}", only ${allowed.join(', ')}`,
      );
    if (values.has(name)) throw new ParbakeError('USAGE', `${where}: ${name} is set twice`);
    values.set(name, checked(known, value, where));
  }
  return values;
}

/** @throws ParbakeError USAGE */
function checked(name: LaunchName, value: string, where: string): string {
  const problem = value.length > maxLength ? `${name} is too long` : launchSettings[name](value);
  if (problem !== undefined) throw new ParbakeError('USAGE', `${where}: ${problem}`);
  return value;
}

/**
 * An address on another machine is right. This machine's own addresses, which need no TLS, could be those of any program
 * here; gRPC takes some names for schemes, such as that of a socket.
 */
function addressProblem(value: string): string | undefined {
  const [, host = '', port = ''] = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(value) ?? [];
  if (host === '' || Number(port) > 65_535) return 'coordinator takes HOST:PORT';
  const isScheme = /^(dns|ipv4|ipv6|unix|xds)$/i.test(host);
  if (isScheme || isLocal(value.toLowerCase())) return 'coordinator takes the address of another machine';
  return undefined;
}
