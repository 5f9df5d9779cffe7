import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';

/** Tells of every unary call how it ended and how long it took. @param tell seconds */
export function measureCalls(
  tell: (method: string, status: string, seconds: number) => void,
): ServerInterceptor {
  return (method, call) => {
    const begun = performance.now();
    const isUnary = !method.requestStream && !method.responseStream;
    if (!isUnary) return new ServerInterceptingCall(call);
    const name = method.path.slice(method.path.lastIndexOf('/') + 1);
    return new ServerInterceptingCall(call, {
      sendStatus(result, next) {
        tell(name, status[result.code] ?? 'UNKNOWN', (performance.now() - begun) / 1000);
        next(result);
      },
    });
  };
}
