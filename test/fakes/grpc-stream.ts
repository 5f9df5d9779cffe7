import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { Metadata, status, type MethodDefinition } from '@grpc/grpc-js';
import { fromStatus } from '../../proto/wire/status.ts';
import type { ParbakeError } from '../../proto/errors/errors.ts';

/** Bytes before each message: whether it is compressed, and its length. */
const prefix = 5;

/** One call over an HTTP/2 connection of its own making: what a gRPC client needs in memory would measure the client. */
export class GrpcStream<Request extends object, Response extends object> {
  /** Why it ended; undefined when nothing was wrong. */
  readonly ended: Promise<ParbakeError | undefined>;
  readonly #stream: ClientHttp2Stream;
  readonly #method: MethodDefinition<Request, Response>;
  readonly #onMessage: (message: Response) => void;
  #received: Buffer = Buffer.alloc(0);

  /** @param timeoutMs after which nobody waits for its answer any more */
  constructor(
    session: ClientHttp2Session,
    method: MethodDefinition<Request, Response>,
    onMessage: (message: Response) => void,
    timeoutMs?: number,
  ) {
    this.#method = method;
    this.#onMessage = onMessage;
    this.#stream = session.request({
      ':method': 'POST',
      ':path': method.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(timeoutMs === undefined ? {} : { 'grpc-timeout': `${timeoutMs}m` }),
    });
    this.#stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.ended = this.#end(timeoutMs);
  }

  send(message: Request): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    const body = this.#method.requestSerialize(message);
    const head = Buffer.alloc(prefix);
    head.writeUInt32BE(body.length, 1);
    this.#stream.write(Buffer.concat([head, body]));
  }

  /** Nothing else is sent. */
  end(): void {
    this.#stream.end();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= prefix) {
      const end = prefix + this.#received.readUInt32BE(1);
      if (this.#received.length < end) return;
      const message = this.#method.responseDeserialize(this.#received.subarray(prefix, end));
      this.#received = this.#received.subarray(end);
      this.#onMessage(message);
    }
  }

  #end(timeoutMs: number | undefined): Promise<ParbakeError | undefined> {
    return new Promise((resolve) => {
      let found: IncomingHttpHeaders | undefined;
      const take = (headers: IncomingHttpHeaders): void => {
        if (headers['grpc-status'] !== undefined) found = headers;
      };
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              resolve(errorOf(status.DEADLINE_EXCEEDED, 'nothing came in time'));
              this.#stream.destroy();
            }, timeoutMs);
      this.#stream.on('response', take);
      this.#stream.on('trailers', take);
      this.#stream.on('error', () => {});
      this.#stream.on('close', () => {
        clearTimeout(timer);
        if (found === undefined) return resolve(errorOf(status.UNAVAILABLE, 'the connection was lost'));
        const code = Number(found['grpc-status']);
        return resolve(code === 0 ? undefined : errorOf(code, String(found['grpc-message'] ?? ''), found));
      });
    });
  }
}

function errorOf(code: status, text: string, headers: IncomingHttpHeaders = {}): ParbakeError {
  const metadata = new Metadata();
  const details = headers['grpc-status-details-bin'];
  if (typeof details === 'string') metadata.set('grpc-status-details-bin', Buffer.from(details, 'base64'));
  return fromStatus(Object.assign(new Error(text), { code, details: decodeURIComponent(text), metadata }));
}
