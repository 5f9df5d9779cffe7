/** One registry's entry of a Docker client configuration. */
export interface Login {
  username?: string;
  password?: string;
  identitytoken?: string;
  serveraddress: string;
}

/** What a `config.json` of the Docker client gives. Never printed, logged or stored. */
export interface RegistryLogins {
  /** Registries whose password a helper program has. */
  helped: string[];
  /** @param domain as in an image reference */
  find(domain: string): Login | undefined;
}

const hub = 'docker.io';

/** @throws SyntaxError when the text is not JSON */
export function parseLogins(text: string): RegistryLogins {
  const config: unknown = JSON.parse(text);
  const logins = new Map<string, Login>();
  for (const [server, entry] of entriesOf(config, 'auths')) {
    const login = toLogin(server, entry);
    if (login !== undefined) logins.set(domainOf(server), login);
  }
  const helped = entriesOf(config, 'credHelpers').map(([server]) => domainOf(server));
  return { helped: helped.filter((domain) => !logins.has(domain)), find: (domain) => logins.get(domain) };
}

/** Keys are hosts, or the addresses that old clients wrote, such as `https://index.docker.io/v1/`. */
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
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(identitytoken === undefined ? {} : { identitytoken }),
  };
}

function entriesOf(value: unknown, key: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof inner === 'object' && inner !== null ? Object.entries(inner) : [];
}

function field(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const inner: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof inner === 'string' && inner !== '' ? inner : undefined;
}
