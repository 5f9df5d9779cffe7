import { createHash } from 'node:crypto';
import { codeOf } from '../../proto/errors/cause.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { retry } from '../../proto/process/retry.ts';
import { defined } from '../../proto/errors/defined.ts';
import type { Login } from '../core/image/registry-logins.ts';
import { authorize } from './credentials.ts';
import { ask, type HttpAccess, type HttpAnswer } from './http.ts';
import { retryAfterMs } from './retry-after.ts';

/** Reads documents from one repository of a registry, by the distribution specification. Nothing is kept. */
export interface RegistryReader {
  /** The text of a manifest or an index. @param reference tag or digest; undefined when there is none */
  manifest(reference: string): Promise<string | undefined>;
  /** The text of a small blob. */
  blob(digest: string): Promise<string>;
  /** What refers to a manifest; undefined where the registry does not tell. */
  referrers(digest: string): Promise<string | undefined>;
}

export interface RegistryAccess extends HttpAccess {
  /** As in an image reference. */
  domain: string;
  /** Repository within the registry. */
  path: string;
  /** @param fresh asks the program that has the login again, since what it gave before was refused */
  login: (fresh: boolean) => Promise<Login | undefined>;
  /** Whether it may be asked without TLS. */
  insecure: boolean;
  /** URLs that are asked before Docker Hub itself, in their order. */
  mirrors: readonly string[];
  /** From 0 to 1. */
  random: () => number;
}

const hub = 'docker.io';
const hubHost = 'registry-1.docker.io';
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** Statuses that pass by themselves. */
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const maxTries = 5;
/** Milliseconds: a registry that asks for more patience than this is an error. */
const maxPatience = 120_000;

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

/** @throws Error when the content does not have the digest that it was asked for by */
function checked({ status, body, host }: HttpAnswer, reference: string): string {
  if (status !== 200) throw new Error(`${host} answered with HTTP status ${status}`);
  const [algorithm = '', hex] = reference.split(':');
  if (hex === undefined || algorithm === '') return body;
  if (createHash(algorithm).update(body).digest('hex') !== hex)
    throw new Error(`what ${host} sent for ${reference} is something else`);
  return body;
}

/** One place that has the repository: the registry, or a mirror of it. */
interface Endpoint {
  base: string;
  /** Credentials are for the registry itself. */
  isMirror: boolean;
}

/** An answer that a later try may better. */
class BusyError extends Error {
  readonly answer: HttpAnswer;
  readonly retryAfterMs: number;

  constructor(answer: HttpAnswer) {
    super(`${answer.host} answered with HTTP status ${answer.status}`);
    this.answer = answer;
    this.retryAfterMs = retryAfterMs(answer.headers['retry-after'], Date.now()) ?? 0;
  }
}

class Session {
  readonly #access: RegistryAccess;
  readonly #authorizations = new Map<string, string>();
  #endpoints: readonly Endpoint[];

  constructor(access: RegistryAccess) {
    const { domain, insecure, mirrors } = access;
    const host = domain === hub ? hubHost : domain;
    this.#access = access;
    this.#endpoints = [
      ...(domain === hub ? mirrors.map((base) => ({ base, isMirror: true })) : []),
      { base: `https://${host}`, isMirror: false },
      ...(insecure ? [{ base: `http://${host}`, isMirror: false }] : []),
    ];
  }

  /** The answer of the first endpoint that has one; a mirror's refusal does not count. */
  async get(path: string, accept: string): Promise<HttpAnswer> {
    const { random, signal } = this.#access;
    const once = async (): Promise<HttpAnswer> => {
      const answer = await this.#first(path, accept);
      if (passing.has(answer.status)) throw new BusyError(answer);
      return answer;
    };
    return await retry(once, {
      attempts: maxTries,
      isWorthIt: (cause) =>
        cause instanceof BusyError ? cause.retryAfterMs <= maxPatience : !isFinal(cause),
      delay: (failures) => backoff(failures, random()),
      signal,
    }).catch((cause: unknown) => {
      if (cause instanceof BusyError) return cause.answer;
      throw cause;
    });
  }

  async #first(path: string, accept: string): Promise<HttpAnswer> {
    let failure: unknown = new Error(`no address of ${this.#access.domain} is known`);
    for (const endpoint of this.#endpoints) {
      try {
        const answer = await this.#send(endpoint, path, accept);
        if (endpoint.isMirror && answer.status >= 400) continue;
        // Whether it speaks TLS is known from now on.
        if (!endpoint.isMirror)
          this.#endpoints = this.#endpoints.filter(
            ({ isMirror, base }) => isMirror || base === endpoint.base,
          );
        return answer;
      } catch (cause) {
        this.#access.signal.throwIfAborted();
        failure = cause;
      }
    }
    throw failure;
  }

  async #send({ base, isMirror }: Endpoint, path: string, accept: string): Promise<HttpAnswer> {
    const { path: repository } = this.#access;
    const url = new URL(`${base.replace(/\/$/, '')}/v2/${repository}/${path}`);
    const once = async (): Promise<HttpAnswer> => {
      const known = this.#authorizations.get(base);
      const headers = defined({ accept, authorization: known });
      return await ask(url, { headers }, this.#access);
    };
    let answer = await once();
    // A token or a login may have expired since it was first accepted, so that a second refusal asks for a fresh login.
    for (const fresh of [false, true]) {
      // Only the registry's own challenge is answered: a redirect's target is a stranger.
      if (answer.status !== 401 || answer.host !== url.host) return answer;
      const login = isMirror ? undefined : await this.#access.login(fresh);
      if (fresh && login === undefined) return answer;
      const challenge = answer.headers['www-authenticate'] ?? '';
      const header = await authorize(challenge, { base: url, path: repository, login }, this.#access);
      if (header === undefined || header === this.#authorizations.get(base)) continue;
      this.#authorizations.set(base, header);
      answer = await once();
    }
    return answer;
  }
}

/** A certificate or an answer that cannot be accepted does not get better by asking again. */
function isFinal(cause: unknown): boolean {
  return !/^(?:ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/.test(codeOf(cause) ?? '');
}
