import { Metadata, credentials } from '@grpc/grpc-js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import type {
  AssignmentServiceDefinition,
  AssignmentServiceHandlers,
} from '../../proto/gen/parbake/v1/AssignmentService.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { clientOptions } from '../../proto/wire/channel.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { promiseClient, type PromiseClient } from '../../proto/wire/promise-client.ts';
import { fromJson, messageType, toJson } from './codec.ts';
import { operationAt, type Found, type Operation } from './operations.ts';
import { httpStatusOf, statusJson } from './status-json.ts';

/** Bytes of a body: 1 MiB of files as base64, 960 KiB of variables, and what JSON adds. */
const maxBody = 4 * 1024 ** 2;
/** Seconds for which a caller may wait, as with gRPC: a day. */
const maxTimeout = 86_400;

/** Headers that go on to gRPC as they are. */
const passedOn = ['traceparent', 'tracestate'] as const;

/** Stand for who was recognised by a certificate, where only tokens pass. */
export interface CertificateTickets {
  /** @throws ParbakeError UNAUTHENTICATED */
  issue(certificate: PeerCertificate): string;
  withdraw(ticket: string): void;
}

/**
 * Answers calls as JSON over HTTP. Each one is made again over gRPC with what proves its caller, so that the table of
 * permissions, the audit log, limits and errors are those of gRPC.
 */
export class JsonGateway {
  readonly #client: PromiseClient<AssignmentServiceDefinition, AssignmentServiceHandlers>;
  readonly #tickets: CertificateTickets;

  /** @param address where the coordinator's own gRPC is reached */
  constructor(address: string, tickets: CertificateTickets) {
    this.#tickets = tickets;
    const { AssignmentService } = parbakeV1('AssignmentService');
    this.#client = promiseClient(
      new AssignmentService(address, credentials.createInsecure(), clientOptions(address, {})),
      AssignmentService.service,
    );
  }

  close(): void {
    this.#client.close();
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    let ticket = '';
    try {
      const found = operationAt(request.method ?? '', url.pathname);
      if (found === undefined) return send(response, 404, statusJson(nothingAt(request, url)));
      const { authorization } = request.headers;
      if (authorization === undefined && request.socket instanceof TLSSocket)
        ticket = this.#tickets.issue(request.socket.getPeerCertificate());
      const proof = ticket === '' ? authorization : `Bearer ${ticket}`;
      send(response, 200, await this.#call(request, url, { ...found, proof, signal: gone.signal }));
    } catch (cause) {
      const error = toParbakeError(cause);
      if (gone.signal.aborted || response.headersSent) return void response.destroy();
      // What is left of a body would be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      if (error.retryAfterMs !== undefined)
        response.setHeader('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
      send(response, httpStatusOf(error), statusJson(error));
    } finally {
      if (ticket !== '') this.#tickets.withdraw(ticket);
    }
  }

  async #call(
    request: IncomingMessage,
    url: URL,
    { operation, fields, proof, signal }: Found & { proof: string | undefined; signal: AbortSignal },
  ): Promise<object> {
    const { headers } = request;
    refuseOtherSites(headers['sec-fetch-site']);
    const metadata = new Metadata();
    if (proof !== undefined) metadata.set('authorization', proof);
    for (const name of passedOn) {
      const value = headers[name];
      if (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)) metadata.set(name, value);
    }
    const body = operation.hasBody ? await readBody(request) : {};
    const message = {
      ...fromJson(messageType(`${operation.rpc}Request`), body),
      ...queryFields(operation, url.searchParams),
      ...fields,
    };
    const timeoutMs = operation.rpc === 'Assign' ? timeoutOf(headers['request-timeout']) : deadlines.read;
    const answer = await this.#dispatch(operation.rpc, message, { metadata, signal, timeoutMs });
    return toJson(messageType(`${operation.rpc}Response`), answer);
  }

  #dispatch(
    rpc: Operation['rpc'],
    message: object,
    options: { metadata: Metadata; signal: AbortSignal; timeoutMs: number },
  ): Promise<object> {
    switch (rpc) {
      case 'Assign':
        return this.#client.assign(message, options);
      case 'GetAssignment':
        return this.#client.getAssignment(message, options);
      case 'ExtendAssignment':
        return this.#client.extendAssignment(message, options);
      case 'Release':
        return this.#client.release(message, options);
    }
  }
}

/**
 * A page of another site can send a browser's certificate along, but does not hide where it is from.
 * @throws ParbakeError REQUEST_INVALID
 */
function refuseOtherSites(site: unknown): void {
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new ParbakeError('REQUEST_INVALID', 'a page of another site may not call this API');
}

function nothingAt({ method = '' }: IncomingMessage, { pathname }: URL): ParbakeError {
  return new ParbakeError('REQUEST_INVALID', `nothing answers ${method} ${pathname}`);
}

/** @throws ParbakeError REQUEST_INVALID for one that the operation does not have */
function queryFields({ query }: Operation, given: URLSearchParams): Record<string, string> {
  const fields = [...given].map(([name, value]): [string, string] => {
    if (!query.includes(name))
      throw new ParbakeError('REQUEST_INVALID', `there is no query parameter "${name}"`);
    return [name, value];
  });
  return Object.fromEntries(fields);
}

/** @returns milliseconds. @throws ParbakeError REQUEST_INVALID */
function timeoutOf(header: string | string[] | undefined): number {
  if (header === undefined) return deadlines.assign;
  const seconds = Number(header);
  if (!(seconds > 0 && seconds <= maxTimeout))
    throw new ParbakeError('REQUEST_INVALID', `Request-Timeout takes seconds up to ${maxTimeout}`);
  return seconds * 1000;
}

/** @throws ParbakeError REQUEST_INVALID, ORDER_TOO_LARGE */
async function readBody(request: IncomingMessage): Promise<unknown> {
  // A form of another site cannot send this type without asking first.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new ParbakeError('REQUEST_INVALID', 'the body needs the header content-type: application/json');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBody)
      throw new ParbakeError('ORDER_TOO_LARGE', `the body is longer than ${maxBody} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (cause) {
    throw new ParbakeError('REQUEST_INVALID', 'the body is not JSON', { cause });
  }
}

function send(response: ServerResponse, status: number, json: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${JSON.stringify(json)}\n`);
}
