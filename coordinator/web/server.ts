import { isStoreFailure } from '../store/failure.ts';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TlsFiles } from '../../proto/wire/channel.ts';
import { isLoopback, refusePlaintext } from '../../proto/wire/address.ts';
import { catalogue } from '../../proto/errors/catalogue.ts';
import { listenError } from '../../proto/wire/listen-error.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Changes } from '../fleet/changes.ts';
import { PageApi, type PageSources } from './api.ts';
import { loadAssets, type Asset } from './assets.ts';
import { LiveChanges, type Watcher } from './live.ts';
import { keepToken, tokenIn, tokenInAddress, type PageReaders } from './page-token.ts';

export interface WebOptions {
  /** `host:port`; without TLS a loopback address. */
  address: string;
  tls: TlsFiles | undefined;
  /** Plaintext on any address, as the operator asked for. */
  isPlaintextAllowed?: boolean;
  sources: PageSources;
  changes: Pick<Changes, 'watch'>;
  /** What `/metrics` answers, in Prometheus' text format. */
  metrics: () => Promise<{ type: string; text: string }>;
  /** Answers calls below `/v1/`; nothing does when absent. It proves by itself who calls. */
  api?: (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;
  /** Whether the page is for everybody who reaches the address; without TLS only. */
  isOpen?: boolean;
  readers: PageReaders;
  /** Why this coordinator cannot do its work, as a sentence; empty while it can. */
  problem: () => string;
  logger: Logger;
}

export interface RunningWeb {
  /** Has the port that it listens on. */
  url: string;
  close(): Promise<void>;
}

/** Milliseconds for a whole request to arrive. */
const requestTimeout = 10_000;

const security = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Serves the page, its documents and `/metrics`, all read-only, and calls of the API. Plaintext is for loopback addresses, unless the operator
 * allows another one. There the Host header must be one that no other site can have: otherwise that site's script could
 * read everything.
 * @throws ParbakeError INSECURE_ADDRESS; USAGE when the address cannot be listened on
 */
export async function startWeb(options: WebOptions): Promise<RunningWeb> {
  const { address, tls, logger } = options;
  if (tls === undefined && options.isPlaintextAllowed !== true) refusePlaintext(address, isLoopback);
  const web = new Web(options, await loadAssets());
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    web.answer(request, response).catch((cause: unknown) => {
      const error = toParbakeError(cause);
      if (statusOf(error) === 500) logger.error({ err: cause, path: request.url }, 'page failed');
      else
        logger.warn(
          { code: error.code, reason: error.message, peer: request.socket.remoteAddress },
          'page refused',
        );
      if (response.headersSent) response.destroy();
      else refuse(response, error);
    });
  };
  const server =
    tls === undefined
      ? createServer({ requestTimeout }, handle)
      : createTlsServer(
          {
            requestTimeout,
            ca: tls.ca,
            cert: tls.certificate,
            key: tls.key,
            requestCert: true,
            rejectUnauthorized: true,
            minVersion: 'TLSv1.3',
          },
          handle,
        );
  const port = await listen(server, address);
  const host = address.replace(/:\d+$/, '');
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}/`,
    async close() {
      web.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

class Web {
  readonly #api: PageApi;
  readonly #live: LiveChanges;
  readonly #options: WebOptions;
  readonly #assets: ReadonlyMap<string, Asset>;

  constructor(options: WebOptions, assets: ReadonlyMap<string, Asset>) {
    this.#api = new PageApi(options.sources);
    this.#live = new LiveChanges(options.changes);
    this.#options = options;
    this.#assets = assets;
  }

  close(): void {
    this.#live.close();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
    const { method = '', headers } = request;
    if (!this.#isOwnHost(headers.host ?? ''))
      return refuse(
        response,
        new ParbakeError('REQUEST_INVALID', 'the Host header must be an address of this machine'),
        421,
      );
    if (!URL.canParse(request.url ?? '', 'http://here'))
      return refuse(response, new ParbakeError('REQUEST_INVALID', 'the address is malformed'));
    const url = new URL(request.url ?? '', 'http://here');
    const { pathname } = url;
    const { api } = this.#options;
    if (api !== undefined && pathname.startsWith('/v1/')) return await api(request, response, url);
    if (method !== 'GET' && method !== 'HEAD')
      return refuse(
        response,
        new ParbakeError('REQUEST_INVALID', `${method} is not answered here: only reads`),
        405,
      );
    const given = tokenInAddress(url);
    if (given !== undefined && pathname === '/') {
      this.#options.readers.byToken(given);
      return keepToken(response, given);
    }
    const check = (): string => this.#reader(request, pathname);
    const reader = check();
    const asset = this.#assets.get(pathname);
    if (asset !== undefined) return send(request, response, asset);
    if (pathname === '/metrics') {
      const { type, text } = await this.#options.metrics();
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(text);
      return undefined;
    }
    if (pathname === '/healthz') {
      const problem = this.#options.problem();
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
      response.writeHead(problem === '' ? 200 : 503, headers);
      response.end(problem === '' ? 'ok\n' : `${problem}\n`);
      return undefined;
    }
    return await this.#answerApi(url, response, { reader, check });
  }

  async #answerApi(url: URL, response: ServerResponse, watcher: Watcher): Promise<void> {
    const { pathname, searchParams } = url;
    if (pathname === '/api/v1/events') {
      return this.#live.add(response, watcher);
    }
    try {
      const document = await this.#document(pathname, searchParams);
      if (document === undefined)
        return refuse(response, new ParbakeError('REQUEST_INVALID', `there is no page ${pathname}`), 404);
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.end(JSON.stringify(document));
    } catch (cause) {
      const error = toParbakeError(cause);
      if (error.code === 'INTERNAL' || isStoreFailure(error.code)) throw cause;
      refuse(response, error);
    }
  }

  /**
   * Every request is checked, since an open connection may outlive its certificate or token. /healthz needs no proof, and
   * without TLS neither does /metrics, which names no instance and no user.
   * @returns who reads. @throws ParbakeError UNAUTHENTICATED, PERMISSION_DENIED
   */
  #reader(request: IncomingMessage, pathname: string): string {
    const { isOpen = false, readers } = this.#options;
    const { socket } = request;
    if (pathname === '/healthz') return '';
    if (socket instanceof TLSSocket) return readers.byCertificate(socket.getPeerCertificate());
    if (isOpen || pathname === '/metrics') return '';
    const token = tokenIn(request);
    if (token === undefined)
      throw new ParbakeError(
        'UNAUTHENTICATED',
        'the page needs a token: make one with "parbake token create reader/NAME", and open /?token=TOKEN',
      );
    return readers.byToken(token);
  }

  /** Another site's name can be made to resolve to this machine; an IP address and a name without dots cannot. */
  #isOwnHost(host: string): boolean {
    const { tls, isPlaintextAllowed = false } = this.#options;
    if (tls !== undefined || isLoopback(host)) return true;
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return isPlaintextAllowed && (isIP(name) !== 0 || /^[\w-]+$/.test(name));
  }

  /** @returns undefined when there is nothing at `path` */
  async #document(path: string, query: URLSearchParams): Promise<object | undefined> {
    const now = Date.now();
    const { lists } = this.#api;
    switch (path) {
      case '/api/v1/fleet':
        return await this.#api.fleet(now);
      case '/api/v1/instances':
        return await this.#api.instances(query);
      case '/api/v1/assignments':
        return await lists.assignments(query);
      case '/api/v1/users':
        return await lists.users(query, now);
      case '/api/v1/slowest':
        return await lists.slowest(query, now);
      case '/api/v1/changes':
        return await lists.events(query);
      case '/api/v1/search':
        return await lists.search(query);
      case '/api/v1/compare':
        return await this.#api.compare(query);
    }
    const [, kind, id = ''] = /^\/api\/v1\/(instances|assignments)\/([^/]{1,400})$/.exec(path) ?? [];
    if (kind === 'instances') return await this.#api.instance(decoded(id), now);
    if (kind === 'assignments') return await this.#api.assignment(decoded(id), now);
    return undefined;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new ParbakeError('REQUEST_INVALID', 'the address is malformed', { cause });
  }
}

function send(request: IncomingMessage, response: ServerResponse, { type, body, etag }: Asset): void {
  const headers = { 'content-type': type, etag, 'cache-control': 'no-cache' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  response.writeHead(200, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, error: ParbakeError, status = statusOf(error)): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify({ code: error.code, message: error.message }));
}

function statusOf({ code }: ParbakeError): number {
  const { grpc } = catalogue[code];
  if (grpc === 'NOT_FOUND') return 404;
  if (grpc === 'UNAUTHENTICATED') return 401;
  if (grpc === 'PERMISSION_DENIED') return 403;
  return grpc === 'INVALID_ARGUMENT' ? 400 : 500;
}

async function listen(server: Server, address: string): Promise<number> {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (port === '' || host === 'unix')
    throw new ParbakeError('USAGE', `--http takes host:port, not "${address}"`);
  return await new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(address, cause)));
    server.listen(Number(port), host.replace(/^\[|\]$/g, ''), () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
