import { isStoreFailure } from '../store/failure.ts';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { toParbakeError, type ParbakeError } from '../../proto/errors/errors.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import type { Logger } from '../../proto/process/log.ts';
import { checkSize } from './message-limit.ts';
import { toStatus } from '../../proto/wire/status.ts';

/** A call as its handler sees it, of whatever kind. */
interface AnyCall {
  on(event: 'cancelled' | 'close' | 'error', listener: () => void): unknown;
}

/** A call whose answers are a stream. */
interface AnyStream extends AnyCall {
  end(): unknown;
  emit(event: 'error', status: ReturnType<typeof toStatus>): boolean;
}

/** Serves one call. @param gone aborts when the caller goes, and when the call has ended */
type Work = (gone: AbortSignal) => Promise<void>;

/**
 * Every call of every service goes through here, streams too: what its handler throws becomes a status with our code,
 * is logged once, and ends nothing but the call. Never rejects.
 */
async function serve(
  { logger, method, call }: { logger: Logger; method: string; call: AnyCall },
  work: Work,
  refuse: (error: ParbakeError) => void,
): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  for (const event of ['cancelled', 'close', 'error'] as const) call.on(event, leave);
  try {
    await work(gone.signal);
  } catch (cause) {
    const isGone = gone.signal.aborted;
    if (isGone && isAbort(cause)) return;
    const error = toParbakeError(cause);
    const { code, message } = error;
    if (code === 'INTERNAL' || isStoreFailure(code)) logger.error({ err: cause, method }, 'call failed');
    else logger.info({ method, code, reason: message }, 'call refused');
    if (!isGone) refuse(error);
  } finally {
    leave();
  }
}

/** A unary handler out of an async function. */
export function unary<Request, Response>(
  logger: Logger,
  method: string,
  handle: (
    request: Request,
    call: ServerUnaryCall<Request, Response>,
    gone: AbortSignal,
  ) => Promise<Response>,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) =>
    void serve(
      { logger, method, call },
      async (gone) => {
        checkSize(call.request);
        callback(null, await handle(call.request, call, gone));
      },
      (error) => callback(toStatus(error)),
    );
}

/** A handler whose stream ends when the async function does. */
export function streaming<Call extends AnyStream>(
  logger: Logger,
  method: string,
  handle: (call: Call, gone: AbortSignal) => Promise<void>,
): (call: Call) => void {
  return (call) =>
    void serve(
      { logger, method, call },
      async (gone) => {
        await handle(call, gone);
        if (!gone.aborted) call.end();
      },
      (error) => call.emit('error', toStatus(error)),
    );
}

/**
 * Takes what a caller sends until it ends its stream or goes.
 * @param take handles one message; what it throws ends the stream
 */
export function received<Message>(
  call: { on(event: 'data' | 'end', listener: (message: Message) => void): unknown },
  take: (message: Message) => Promise<void>,
  gone: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const takeOne = async (message: Message): Promise<void> => {
      checkSize(message);
      await take(message);
    };
    call.on('data', (message) => void takeOne(message).catch(reject));
    call.on('end', () => resolve());
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Milliseconds until the caller gives up; `fallback` when it set no deadline. */
export function timeLeft(deadline: Date | number, fallback: number): number {
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(at) ? Math.max(0, at - Date.now()) : fallback;
}
