import { ParbakeError } from '../errors/errors.ts';

/** Why an address cannot be listened on, in words. @param cause what Node or gRPC threw; gRPC has only a text */
export function listenError(address: string, cause: Error): ParbakeError {
  const known = address.startsWith('unix:') ? socketReasons : reasons;
  const reason = known.find(([code]) => cause.message.includes(code))?.[1] ?? cause.message;
  return new ParbakeError('USAGE', `cannot listen on ${address}: ${reason}`, { cause });
}

/** Explanations by the system's name of the error. */
const reasons: readonly (readonly [string, string])[] = [
  ['EADDRINUSE', 'the port is in use by another program'],
  ['EADDRNOTAVAIL', 'this machine does not have this address'],
  ['EACCES', 'ports below 1024 need root'],
];

const socketReasons: typeof reasons = [
  ['EADDRINUSE', 'another program listens there'],
  ['EACCES', 'this user may not write there: give another path with --listen unix:PATH'],
  ['EROFS', 'the file system is read-only: give another path with --listen unix:PATH'],
];
