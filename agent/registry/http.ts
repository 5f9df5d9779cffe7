import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { asError, codeOf } from '../../proto/errors/cause.ts';
import { defined } from '../../proto/errors/defined.ts';
import { readAnswer, sendRequest, type HttpAnswer as PlainAnswer } from '../../proto/process/http.ts';

export interface HttpAnswer extends PlainAnswer {
  /** `host:port` that answered, after redirects. */
  host: string;
}

/** How one registry is reached. The same settings hold wherever it redirects to, as they do for the Engine. */
export interface HttpAccess {
  tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
  /** @returns the proxy's URL; undefined for a direct request */
  proxyFor: (url: URL) => string | undefined;
  signal: AbortSignal;
  /** Milliseconds for one answer, redirects included, in place of 20 s. */
  deadlineMs?: number;
}

export interface HttpRequest {
  method?: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Redirects are answers like any other. */
  stays?: true;
}

/** Milliseconds for one answer: documents of a few kilobytes, from a registry that may first wake up. */
const deadline = 20_000;
/** Bytes: registries refuse manifests beyond 4 MiB; configurations are of that order too. */
const maxBytes = 8 * 1024 * 1024;
const maxRedirects = 5;

/**
 * Asks for a small document and follows redirects, since registries keep blobs elsewhere.
 * @throws Error when nobody answers, or the answer is too long
 */
export async function ask(url: URL, request: HttpRequest, access: HttpAccess): Promise<HttpAnswer> {
  const { deadlineMs = deadline } = access;
  const late = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([access.signal, late]);
  try {
    return await follow(url, request, { ...access, signal });
  } catch (cause) {
    if (access.signal.aborted || !late.aborted) throw cause;
    // Node says that the request was aborted, which nobody did.
    const message = `${url.host} did not answer within ${deadlineMs / 1000} s`;
    throw Object.assign(new Error(message, { cause }), { code: 'ETIMEDOUT' });
  }
}

async function follow(url: URL, request: HttpRequest, access: HttpAccess): Promise<HttpAnswer> {
  let at = url;
  let { headers } = request;
  for (let redirects = 0; ; redirects++) {
    const answer = await askOnce(at, { ...request, headers }, access);
    const { location } = answer.headers;
    const isRedirect = answer.status >= 301 && answer.status <= 308 && location !== undefined;
    if (!isRedirect || request.stays === true) return answer;
    if (redirects === maxRedirects) throw new Error(`${url.host} redirects without end`);
    const next = new URL(location, at);
    if (at.protocol === 'https:' && next.protocol !== 'https:')
      throw new Error(`${at.host} leads to ${next.host} without TLS`);
    // The other host has its own permission in the address; ours is for the registry alone.
    if (next.host !== at.host)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
    at = next;
  }
}

async function askOnce(
  url: URL,
  { method = 'GET', headers, body }: HttpRequest,
  { tls, proxyFor, signal }: HttpAccess,
): Promise<HttpAnswer> {
  const isSecure = url.protocol === 'https:';
  const proxy = proxyFor(url);
  const proxyEnv = proxy === undefined ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  const agent = isSecure ? new HttpsAgent({ proxyEnv }) : new HttpAgent({ proxyEnv });
  const options = { method, headers, signal, agent };
  try {
    const call = isSecure ? httpsRequest(url, { ...options, ...tls }) : httpRequest(url, options);
    const response = await sendRequest(call, body).catch((cause: unknown) => {
      throw throughProxy(asError(cause), proxy);
    });
    return { ...(await readAnswer(response, maxBytes)), host: url.host };
  } finally {
    agent.destroy();
  }
}

/** A failure that may be the proxy's says that there is one, and keeps the system's name. */
function throughProxy(cause: Error, proxy: string | undefined): Error {
  if (proxy === undefined) return cause;
  // A proxy's address may hold a password.
  const { protocol, host } = new URL(proxy);
  const error = new Error(`${cause.message} (through the proxy ${protocol}//${host})`, { cause });
  return Object.assign(error, defined({ code: codeOf(cause) }));
}
