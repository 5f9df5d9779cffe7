import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';

/** Whether a text can be a token that is sent with a call. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]{1,8192}$/.test(text);
}

/** Sends a token with every call. @param token as `isToken` accepts it */
export function withToken(token: string): Interceptor {
  return (options, next) =>
    new InterceptingCall(next(options), {
      start: (metadata, listener, proceed) => {
        metadata.set('authorization', `Bearer ${token}`);
        proceed(metadata, listener);
      },
    });
}
