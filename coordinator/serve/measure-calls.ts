import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';

/** Tells of every unary call how it ended and how long it took. @param tell the method's path, its status, and seconds */
export function measureCalls(
  tell: (path: string, status: string, seconds: number) => void,
): ServerInterceptor {
  return (method, call) => {
    const begun = performance.now();
    const isUnary = !method.requestStream && !method.responseStream;
    if (!isUnary) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, {
      sendStatus(result, next) {
        tell(method.path, status[result.code] ?? 'UNKNOWN', (performance.now() - begun) / 1000);
        next(result);
      },
    });
  };
}
