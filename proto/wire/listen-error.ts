import { ParbakeError } from '../errors/errors.ts';

/** Why an address cannot be listened on, in words. @param cause what Node or gRPC threw; gRPC has only a text */
export function listenError(address: string, cause: Error): ParbakeError {
  const reason = reasons.find(([code]) => cause.message.includes(code))?.[1] ?? cause.message;
  return new ParbakeError('USAGE', `cannot listen on ${address}: ${reason}`, { cause });
}

/** Explanations by the system's name of the error. */
const reasons: readonly (readonly [string, string])[] = [
  ['EADDRINUSE', 'the port is in use by another program'],
  ['EADDRNOTAVAIL', 'this machine does not have this address'],
  ['EACCES', 'ports below 1024 need root'],
];
