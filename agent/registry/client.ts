import { createHash } from 'node:crypto';
import type { Login } from '../core/image/registry-logins.ts';
import { ask, type HttpAnswer, type HttpOptions } from './http.ts';

/** Reads documents from one repository of a registry, by the distribution specification. Nothing is kept. */
export interface RegistryReader {
  /** The text of a manifest or an index. @param reference tag or digest; undefined when there is none */
  manifest(reference: string): Promise<string | undefined>;
  /** The text of a small blob. */
  blob(digest: string): Promise<string>;
  /** What refers to a manifest; undefined where the registry does not tell. */
  referrers(digest: string): Promise<string | undefined>;
}

export interface RegistryAccess {
  /** As in an image reference. */
  domain: string;
  /** Repository within the registry. */
  path: string;
  login: Login | undefined;
  /** Whether it may be asked without TLS. */
  insecure: boolean;
  ca: readonly string[];
  env: HttpOptions['env'];
  signal: AbortSignal;
}

const hub = 'docker.io';
const hubHost = 'registry-1.docker.io';
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export function registryReader(access: RegistryAccess): RegistryReader {
  const session = new Session(access);
  return {
    async manifest(reference) {
      const answer = await session.get(`manifests/${reference}`, manifestTypes);
      return answer.status === 404 ? undefined : checked(answer, reference);
    },
    blob: async (digest) => checked(await session.get(`blobs/${digest}`, '*/*'), digest),
    async referrers(digest) {
      const answer = await session.get(`referrers/${digest}`, manifestTypes);
      return answer.status === 200 ? answer.body : undefined;
    },
  };
}

/** Content is addressed by its digest: whoever sends something else is not believed. */
function checked({ status, body }: HttpAnswer, reference: string): string {
  if (status !== 200) throw new Error(`HTTP status ${status}`);
  const [algorithm = '', hex] = reference.split(':');
  if (hex === undefined || algorithm === '') return body;
  if (createHash(algorithm).update(body).digest('hex') !== hex)
    throw new Error(`what the registry sent for ${reference} is something else`);
  return body;
}

class Session {
  readonly #access: RegistryAccess;
  #base: string | undefined;
  #authorization: string | undefined;

  constructor(access: RegistryAccess) {
    this.#access = access;
  }

  async get(path: string, accept: string): Promise<HttpAnswer> {
    const answer = await this.#send(path, accept);
    if (answer.status !== 401 || this.#authorization !== undefined) return answer;
    this.#authorization = await this.#authorize(answer.headers['www-authenticate'] ?? '');
    return this.#authorization === undefined ? answer : await this.#send(path, accept);
  }

  async #send(path: string, accept: string): Promise<HttpAnswer> {
    const { domain, path: repository, insecure } = this.#access;
    const host = domain === hub ? hubHost : domain;
    const bases =
      this.#base === undefined ? [`https://${host}`, ...(insecure ? [`http://${host}`] : [])] : [this.#base];
    const headers = {
      accept,
      ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
    };
    let failure: unknown;
    for (const base of bases) {
      try {
        const answer = await ask(new URL(`/v2/${repository}/${path}`, base), { ...this.#http(), headers });
        this.#base = base;
        return answer;
      } catch (cause) {
        this.#access.signal.throwIfAborted();
        failure = cause;
      }
    }
    throw failure;
  }

  /** @returns the header to send from now on; undefined when there is no way in */
  async #authorize(challenge: string): Promise<string | undefined> {
    const { login } = this.#access;
    const scheme = challenge.split(' ')[0]?.toLowerCase();
    if (scheme === 'basic') return login === undefined ? undefined : basic(login);
    const realm = parameter(challenge, 'realm');
    if (scheme !== 'bearer' || realm === undefined) return undefined;
    const url = new URL(realm);
    // A password leaves this machine only encrypted, but for registries that are asked without TLS anyway.
    if (url.protocol !== 'https:' && this.#base?.startsWith('https:') === true) return undefined;
    const token = await this.#token(url, challenge);
    return token === undefined ? undefined : `Bearer ${token}`;
  }

  async #token(url: URL, challenge: string): Promise<string | undefined> {
    const { login, path } = this.#access;
    const service = parameter(challenge, 'service') ?? '';
    const scope = parameter(challenge, 'scope') ?? `repository:${path}:pull`;
    if (login?.identitytoken !== undefined) {
      const grant = { grant_type: 'refresh_token', refresh_token: login.identitytoken, client_id: 'parbake' };
      const body = new URLSearchParams({ ...grant, service, scope }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return tokenIn(await ask(url, { ...this.#http(), method: 'POST', headers, body }));
    }
    if (service !== '') url.searchParams.set('service', service);
    url.searchParams.set('scope', scope);
    const headers: Record<string, string> = login === undefined ? {} : { authorization: basic(login) };
    return tokenIn(await ask(url, { ...this.#http(), headers }));
  }

  #http(): Pick<HttpOptions, 'ca' | 'env' | 'signal'> {
    const { ca, env, signal } = this.#access;
    return { ca, env, signal };
  }
}

function basic({ username = '', password = '' }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parameter(challenge: string, name: string): string | undefined {
  return new RegExp(`[ ,]${name}="([^"]*)"`, 'i').exec(challenge)?.[1];
}

function tokenIn({ status, body }: HttpAnswer): string | undefined {
  if (status !== 200) return undefined;
  const answer = JSON.parse(body) as { token?: unknown; access_token?: unknown } | null;
  const token = answer?.token ?? answer?.access_token;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
