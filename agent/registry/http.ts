import { request as httpRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';

export interface HttpAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface HttpOptions {
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Certificate authorities in PEM beside the system's. */
  ca?: readonly string[];
  /** Where HTTPS_PROXY and the like are looked up. */
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** Milliseconds for one answer: documents of a few kilobytes, from a registry that may first wake up. */
const deadline = 20_000;
/** Bytes: registries refuse manifests beyond 4 MiB; configurations are of that order too. */
const longest = 8 * 1024 * 1024;
const mostRedirects = 5;

/** Asks for a small document, and goes where it is sent: registries keep blobs elsewhere. @throws Error when nobody answers */
export async function ask(url: URL, options: HttpOptions): Promise<HttpAnswer> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(deadline)]);
  let at = url;
  let headers = options.headers ?? {};
  for (let redirects = 0; ; redirects++) {
    const answer = await askOnce(at, { ...options, headers, signal });
    const { location } = answer.headers;
    if (answer.status < 301 || answer.status > 308 || location === undefined) return answer;
    if (redirects === mostRedirects) throw new Error(`${url.host} redirects without end`);
    const next = new URL(location, at);
    if (at.protocol === 'https:' && next.protocol !== 'https:')
      throw new Error(`${at.host} leads to ${next.host} without TLS`);
    // The other place has its own permission in the address, and ours is none of its business.
    if (next.host !== at.host)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
    at = next;
  }
}

async function askOnce(
  url: URL,
  { method = 'GET', headers = {}, body, ca, env, signal }: HttpOptions,
): Promise<HttpAnswer> {
  const isSecure = url.protocol === 'https:';
  const proxyEnv = { ...env };
  const agent = isSecure ? new HttpsAgent({ proxyEnv }) : new HttpAgent({ proxyEnv });
  const options = { method, headers, signal, agent };
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      const call = isSecure
        ? httpsRequest(url, { ...options, ...(ca === undefined || ca.length === 0 ? {} : { ca: [...ca] }) })
        : httpRequest(url, options);
      call.on('error', reject);
      call.on('response', (answer) => void read(answer).then(resolve, reject));
      call.end(body);
    });
  } finally {
    agent.destroy();
  }
}

async function read(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) throw new Error(`an answer of more than ${longest} bytes`);
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
