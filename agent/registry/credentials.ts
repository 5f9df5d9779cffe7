import { member, parseJson } from '../core/json.ts';
import type { Login } from '../core/image/registry-logins.ts';
import { ask, type HttpAccess, type HttpAnswer } from './http.ts';

/** What a registry's challenge is answered with. */
export interface ChallengeAnswer {
  /** The registry's own address, which must have sent the challenge itself. */
  base: URL;
  /** Repository within the registry: a token is asked for pulling it, whatever the challenge names. */
  path: string;
  login: Login | undefined;
}

/**
 * Answers a registry's challenge, see https://distribution.github.io/distribution/spec/auth/token/.
 * @returns the header to send from now on; undefined when there is no way in
 */
export async function authorize(
  challenge: string,
  { base, path, login }: ChallengeAnswer,
  access: HttpAccess,
): Promise<string | undefined> {
  const scheme = challenge.split(' ')[0]?.toLowerCase();
  if (scheme === 'basic') return login === undefined ? undefined : basic(login);
  const realm = realmOf(challenge);
  if (scheme !== 'bearer' || realm === undefined) return undefined;
  // A password leaves this machine only encrypted, except for registries that are asked without TLS anyway.
  if (realm.protocol !== 'https:' && base.protocol === 'https:') return undefined;
  const token = tokenIn(await askForToken(realm, challenge, path, login, access));
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** A token request carries a credential, so it goes to the realm and nowhere else. */
async function askForToken(
  realm: URL,
  challenge: string,
  path: string,
  login: Login | undefined,
  access: HttpAccess,
): Promise<HttpAnswer> {
  const service = parameter(challenge, 'service') ?? '';
  const scope = `repository:${path}:pull`;
  if (login?.identitytoken !== undefined) {
    const grant = { grant_type: 'refresh_token', refresh_token: login.identitytoken, client_id: 'parbake' };
    const body = new URLSearchParams({ ...grant, service, scope }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return await ask(realm, { method: 'POST', headers, body, stays: true }, access);
  }
  if (service !== '') realm.searchParams.set('service', service);
  realm.searchParams.set('scope', scope);
  const headers: Record<string, string> = login === undefined ? {} : { authorization: basic(login) };
  return await ask(realm, { headers, stays: true }, access);
}

function realmOf(challenge: string): URL | undefined {
  const realm = parameter(challenge, 'realm');
  const url = realm === undefined || !URL.canParse(realm) ? undefined : new URL(realm);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

function basic({ username = '', password = '' }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parameter(challenge: string, name: string): string | undefined {
  return new RegExp(`[ ,]${name}="([^"]*)"`, 'i').exec(challenge)?.[1];
}

function tokenIn({ status, body }: HttpAnswer): string | undefined {
  if (status !== 200) return undefined;
  const answer = parseJson(body);
  const token = member(answer, 'token') ?? member(answer, 'access_token');
  return typeof token === 'string' && token !== '' ? token : undefined;
}
