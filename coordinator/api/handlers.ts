import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { toStatus } from '../../proto/wire/status.ts';
import type { Logger } from '../../proto/process/log.ts';

/** A unary handler out of an async function: what it throws becomes a status with our code. */
export function unary<Request, Response>(
  logger: Logger,
  method: string,
  handle: (request: Request, call: ServerUnaryCall<Request, Response>) => Promise<Response> | Response,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) => {
    // A handler that throws at once is a rejection too.
    Promise.resolve()
      .then(() => handle(call.request, call))
      .then(
        (response) => callback(null, response),
        (cause: unknown) => {
          const error = toParbakeError(cause);
          if (error.code === 'INTERNAL' || error.code === 'STORE_FAILED')
            logger.error({ err: cause, method }, 'call failed');
          else logger.info({ method, code: error.code, reason: error.message }, 'call refused');
          callback(toStatus(error));
        },
      );
  };
}

/** Milliseconds until the caller gives up; `fallback` when it set no deadline. */
export function timeLeft(deadline: Date | number, fallback: number): number {
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(at) ? Math.max(0, at - Date.now()) : fallback;
}
