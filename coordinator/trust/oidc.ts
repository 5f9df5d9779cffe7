import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { principalOf, type oidcAlgorithms, type OidcRule } from './oidc-map.ts';
import type { Identity } from './principal.ts';

export interface OidcOptions {
  issuer: string;
  audience: string;
  algorithms: readonly (typeof oidcAlgorithms)[number][];
  rules: readonly OidcRule[];
}

/** Milliseconds for one answer of the issuer: a call waits for it. */
const deadline = 5_000;
const maxAnswerBytes = 256 * 1024;
const maxTokenLength = 8 * 1024;
/** Milliseconds that keys are used before they are asked for again, and between two questions for an unknown one. */
const keysFor = 600_000;
const keysCooldown = 30_000;
/** Milliseconds between two tries to find out where the keys are. */
const retryAfter = 5_000;
/** Seconds. */
const clockTolerance = 60;
const maxAge = 86_400;
/** Tokens whose signature was checked; one has some hundred bytes here. */
const maxVerified = 10_000;

/** Proves callers by the tokens of an OpenID Connect issuer. */
export class OidcTokens {
  readonly #options: OidcOptions;
  /** Keyed by the hash of the token, so that a signature is checked once and not for each call. */
  readonly #verified = new Map<string, Identity>();
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
  }

  /** @throws ParbakeError UNAUTHENTICATED; OIDC_UNAVAILABLE when the issuer does not give its keys */
  async identify(token: string): Promise<Identity> {
    if (token.length > maxTokenLength) throw new ParbakeError('UNAUTHENTICATED', 'the token is too long');
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(hash);
    if (known !== undefined && Date.now() <= known.notAfter) return known;
    const identity = await this.#verify(token);
    if (this.#verified.size >= maxVerified) this.#verified.clear();
    this.#verified.set(hash, identity);
    return identity;
  }

  async #verify(token: string): Promise<Identity> {
    const { issuer, audience, algorithms, rules } = this.#options;
    const keys = await this.#issuerKeys();
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance,
      maxTokenAge: maxAge,
      requiredClaims: ['sub', 'exp'],
    }).catch((cause: unknown) => {
      throw refusal(cause);
    });
    return { principal: principalOf(rules, payload), notAfter: (payload.exp ?? 0) * 1000 };
  }

  #issuerKeys(): Promise<JWTVerifyGetKey> {
    const asked = (this.#keys ??= this.#findKeys());
    asked.catch(() => {
      setTimeout(() => {
        if (this.#keys === asked) this.#keys = undefined;
      }, retryAfter).unref();
    });
    return asked;
  }

  /** @throws ParbakeError OIDC_UNAVAILABLE */
  async #findKeys(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.#options;
    try {
      const place = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const found: unknown = await (await fetchBounded(place)).json();
      const { issuer: named, jwks_uri: uri } = found as { issuer?: unknown; jwks_uri?: unknown };
      // Somebody else's keys would prove somebody else's tokens.
      if (named !== issuer) throw new Error('it names another issuer');
      if (typeof uri !== 'string') throw new Error('it has no jwks_uri');
      checkIssuerUrl(uri);
      return createRemoteJWKSet(new URL(uri), {
        timeoutDuration: deadline,
        cacheMaxAge: keysFor,
        cooldownDuration: keysCooldown,
        [customFetch]: (url, { headers, signal }) => fetchBounded(url, { headers, signal }),
      });
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

/** @throws ParbakeError USAGE unless what it answers cannot be changed on the way */
export function checkIssuerUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLocal))
    throw new ParbakeError('USAGE', `an issuer of OIDC tokens has an https URL, not "${text}"`);
}

/** Follows no redirect and reads no more than the limit. */
async function fetchBounded(url: string, init: RequestInit = {}): Promise<Response> {
  const { body, status } = await fetch(url, {
    signal: AbortSignal.timeout(deadline),
    ...init,
    redirect: 'error',
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > maxAnswerBytes) throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`);
    parts.push(part);
  }
  if (status !== 200) throw new Error(`it answered ${status}`);
  return new Response(Buffer.concat(parts), { status });
}

/** What is wrong with the token, or why that cannot be found out. */
function refusal(cause: unknown): ParbakeError {
  const isOfKeys = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid;
  const isVerdict = cause instanceof errors.JOSEError && !isOfKeys;
  if (!isVerdict) return unavailable(cause);
  return new ParbakeError('UNAUTHENTICATED', `the token proves nothing here: ${reasonOf(cause)}`, { cause });
}

function unavailable(cause: unknown): ParbakeError {
  return new ParbakeError(
    'OIDC_UNAVAILABLE',
    `the issuer of tokens does not give its keys: ${reasonOf(cause)}`,
    {
      cause,
    },
  );
}
