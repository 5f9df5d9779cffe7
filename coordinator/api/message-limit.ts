import type { ServiceDefinition } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** A message that is too large to be read: what it says is not looked at, since that alone would take long. */
export class OversizedMessage {
  readonly bytes: number;
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number) {
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/**
 * The definition of a service whose requests may have so many bytes. An empty role takes two bytes on the wire and much more
 * in memory, so a few megabytes of them would hold up everybody.
 */
export function withMessageLimit<S extends ServiceDefinition>(service: S, maxBytes: number): S {
  const methods = Object.entries(service).map(([name, method]) => [
    name,
    {
      ...method,
      requestDeserialize: (bytes: Buffer): object =>
        bytes.length > maxBytes
          ? new OversizedMessage(bytes.length, maxBytes)
          : (method.requestDeserialize(bytes) as object),
    },
  ]);
  return Object.fromEntries(methods) as S;
}

/** @throws ParbakeError REQUEST_INVALID for a message that was too large to be read */
export function checkSize(message: unknown): void {
  if (message instanceof OversizedMessage)
    throw new ParbakeError(
      'REQUEST_INVALID',
      `a message has ${message.bytes} bytes, more than the ${message.maxBytes} of this service`,
    );
}
