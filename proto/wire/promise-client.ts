import {
  Metadata,
  type Client,
  type ClientDuplexStream,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition as AnyMethod,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { deadlines } from './deadlines.ts';
import { fromStatus } from './status.ts';

export interface CallOptions {
  /** Milliseconds until a unary call fails with DEADLINE_EXCEEDED; those of a read unless given. */
  timeoutMs?: number;
  metadata?: Metadata;
  /** Cancels the call. */
  signal?: AbortSignal;
}

export interface StreamOptions {
  metadata?: Metadata;
  /** Ends the stream, which is then no error. */
  signal?: AbortSignal;
}

/** A service's methods as promises and async iterables; each throws a ParbakeError. */
export type PromiseClient<Definition, Handlers> = {
  [Name in keyof Definition as Uncapitalize<Named<Name>>]: MethodOf<
    Definition[Name],
    Name extends keyof Handlers ? Handlers[Name] : never
  >;
} & { close(): void };

/** The generated types have an index signature beside the methods. */
type Named<Name> = Name extends string ? (string extends Name ? never : Name) : never;

type MethodOf<Definition, Handler> =
  Definition extends MethodDefinition<infer Request, infer _Response, infer _Read, infer Answer>
    ? Handler extends handleServerStreamingCall<infer _Request, infer _Sent>
      ? (request: Request, options?: StreamOptions) => AsyncIterable<Answer>
      : Handler extends handleUnaryCall<infer _Request, infer _Sent>
        ? (request: Request, options?: CallOptions) => Promise<Answer>
        : Handler extends handleBidiStreamingCall<infer _Request, infer _Sent>
          ? () => ClientDuplexStream<Request, Answer>
          : never
    : never;

/**
 * A client whose unary methods are promises and whose streams of answers are async iterables, made from the service's
 * definition; streams in both directions are as the library has them. A stream is read no faster than its answers are asked for, and is cancelled when nobody asks any more.
 */
export function promiseClient<Definition, Handlers>(
  client: Client,
  service: ServiceDefinition,
): PromiseClient<Definition, Handlers> {
  const methods = Object.entries(service).map(([name, method]): [string, unknown] => [
    `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
    methodOf(client, method),
  ]);
  const close = (): void => client.close();
  return Object.fromEntries([...methods, ['close', close]]) as PromiseClient<Definition, Handlers>;
}

type Method = AnyMethod<object, object>;

function methodOf(client: Client, method: Method): unknown {
  if (method.requestStream && method.responseStream) return duplex(client, method);
  return method.responseStream ? streaming(client, method) : unary(client, method);
}

function duplex(client: Client, { path, requestSerialize, responseDeserialize }: Method) {
  return (): ClientDuplexStream<object, object> =>
    client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
}

function unary(client: Client, { path, requestSerialize, responseDeserialize }: Method) {
  return (request: object, options: CallOptions = {}): Promise<object> => {
    const { timeoutMs = deadlines.read, metadata, signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const call = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata ?? new Metadata(),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          signal?.removeEventListener('abort', stop);
          if (error !== null || response === undefined) reject(fromStatus(error));
          else resolve(response);
        },
      );
      const stop = (): void => call.cancel();
      signal?.addEventListener('abort', stop, { once: true });
    });
  };
}

function streaming(client: Client, { path, requestSerialize, responseDeserialize }: Method) {
  return async function* (request: object, { metadata, signal }: StreamOptions = {}): AsyncGenerator<object> {
    const isStopped = (): boolean => signal?.aborted === true;
    if (isStopped()) return;
    const stream = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata ?? new Metadata(),
      {},
    );
    const stop = (): void => stream.cancel();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      yield* stream as AsyncIterable<object>;
    } catch (cause) {
      if (!isStopped()) throw fromStatus(cause);
    } finally {
      signal?.removeEventListener('abort', stop);
      stream.cancel();
    }
  };
}
