import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { listenError } from '../../proto/wire/listen-error.ts';
import type { TlsFiles } from '../../proto/wire/channel.ts';
import { isStoreFailure } from '../store/failure.ts';
import { newsOf } from '../core/preview/payload.ts';
import type { Delivery } from '../store/previews.ts';
import { SignedBody } from './signed-body.ts';

/** Where GitHub delivers to. */
export const webhookPath = '/github/webhook';

/** Bytes of a delivery: GitHub sends nothing larger. */
export const maxDelivery = 25 * 1024 * 1024;
/** Bytes that are read at the same time, whoever sends them. */
const maxReading = 4 * maxDelivery;
/** Milliseconds for a whole delivery to arrive. GitHub waits ten seconds for an answer. */
const requestTimeout = 10_000;
/** Connections at a time. */
const maxConnections = 256;

export interface WebhookOptions {
  /** `host:port`. */
  address: string;
  /** Absent for plaintext. */
  tls?: Pick<TlsFiles, 'certificate' | 'key'>;
  /** Secrets that a delivery may be signed with. */
  secrets: () => Promise<readonly string[]>;
  /** Keeps what a delivery says. What is not kept is not answered as accepted, and nobody sends it again. */
  take: (delivery: Delivery) => Promise<void>;
  logger: Logger;
}

export interface RunningWebhook {
  /** Where it listens. */
  address: string;
  close(): Promise<void>;
}

/**
 * Takes GitHub's deliveries, and nothing else. A delivery is answered once what it says is in the store; what follows from
 * it happens later.
 * @throws ParbakeError USAGE when the address cannot be listened on
 */
export async function startWebhook(options: WebhookOptions): Promise<RunningWebhook> {
  const { address, tls, logger } = options;
  const receiver = new Receiver(options);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    receiver.answer(request).then(
      (status) => answer(response, status, ''),
      (cause: unknown) => {
        const { status, error } = refusalOf(cause);
        const { code, message } = error;
        const line = { peer: request.socket.remoteAddress, status, code, reason: message };
        if (status >= 500) logger.error({ err: cause, ...line }, 'delivery failed');
        else logger.warn(line, 'delivery refused');
        // What is left of the body is not wanted.
        response.shouldKeepAlive = false;
        answer(response, status, message);
      },
    );
  };
  const timeouts = { requestTimeout, headersTimeout: requestTimeout };
  const server =
    tls === undefined
      ? createServer(timeouts, handle)
      : createTlsServer({ ...timeouts, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' }, handle);
  server.maxConnections = maxConnections;
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(address, cause)));
    server.listen(Number(port), host.replace(/^\[|\]$/g, ''), resolve);
  });
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1_000).unref();
      }),
  };
}

/** A delivery that is not taken, with the status that says so. */
class Refused extends Error {
  readonly status: number;
  readonly error: ParbakeError;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    this.error = new ParbakeError('WEBHOOK_REFUSED', message);
  }
}

class Receiver {
  readonly #options: WebhookOptions;
  /** Bytes that may still come, of all that are being read. */
  #reading = 0;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** @returns the status of what was taken. @throws Refused, ParbakeError */
  async answer(request: IncomingMessage): Promise<number> {
    const { method, url, headers } = request;
    if (url !== webhookPath) throw new Refused(404, `only ${webhookPath} is here`);
    if (method !== 'POST') throw new Refused(405, `${method ?? ''} is not answered here`);
    const type = headers['content-type'] ?? '';
    if (!/^application\/json\s*(?:;|$)/i.test(type))
      throw new Refused(
        415,
        'a delivery must have the content type application/json: change the webhook in the settings of the repository',
      );
    const event = headerOf(request, 'x-github-event', /^[a-z_]{1,64}$/);
    const guid = headerOf(request, 'x-github-delivery', /^[A-Za-z0-9-]{1,64}$/);
    const hook = String(headers['x-github-hook-id'] ?? '').slice(0, 32);
    const body = await this.#read(request);
    const { take, secrets } = this.#options;
    if (!body.isSigned(headers['x-hub-signature-256'], await secrets()))
      throw new Refused(401, 'the signature is missing or not made with the secret of this webhook');
    if (event === 'ping') return 200;
    const news = newsOf(event, body.json());
    if (news.length === 0) return 202;
    await take({ hook, guid, news });
    return 202;
  }

  async #read(request: IncomingMessage): Promise<SignedBody> {
    const length = request.headers['content-length'];
    const announced = length === undefined ? maxDelivery : Number(length);
    if (announced > maxDelivery) throw tooLarge();
    if (this.#reading + announced > maxReading) throw new Refused(503, 'too much is being delivered at once');
    this.#reading += announced;
    try {
      const body = new SignedBody();
      for await (const part of request) {
        body.add(part as Buffer);
        if (body.length > maxDelivery) throw tooLarge();
      }
      return body;
    } finally {
      this.#reading -= announced;
    }
  }
}

function tooLarge(): Refused {
  return new Refused(413, `a delivery has at most ${maxDelivery} bytes`);
}

function headerOf(request: IncomingMessage, name: string, form: RegExp): string {
  const value = request.headers[name];
  if (typeof value !== 'string' || !form.test(value))
    throw new Refused(400, `the header ${name} is missing or invalid`);
  return value;
}

function refusalOf(cause: unknown): { status: number; error: ParbakeError } {
  if (cause instanceof Refused) return cause;
  const error = toParbakeError(cause);
  if (error.code === 'REQUEST_INVALID') return { status: 400, error };
  return { status: isStoreFailure(error.code) ? 503 : 500, error };
}

/** @param message empty for none */
function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(status >= 500 ? 'failed\n' : `${message === '' ? 'ok' : message}\n`);
}
