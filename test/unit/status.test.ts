import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { fromStatus, toStatus } from '../../proto/wire/status.ts';

function serviceError(code: status, details: string, metadata = new Metadata()): Error {
  return Object.assign(new Error(details), { code, details, metadata });
}

describe('errors and gRPC statuses', () => {
  test('an error comes back as the one that was sent', () => {
    const sent = new ParbakeError('NO_CAPACITY', 'no instance of role "web" is ready');
    const { code, details, metadata } = toStatus(sent);
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    const received = fromStatus(serviceError(code, details, metadata));
    expect([received.code, received.message]).toEqual([sent.code, sent.message]);
  });

  test.each([
    [status.UNAVAILABLE, 'COORDINATOR_UNREACHABLE'],
    [status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED'],
    [status.UNKNOWN, 'INTERNAL'],
  ])('status %s without a reason of ours is %s', (code, expected) => {
    expect(fromStatus(serviceError(code, 'it failed')).code).toBe(expected);
  });

  test("an unreachable coordinator is reported in the system's words", () => {
    const details =
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ';
    expect(fromStatus(serviceError(status.UNAVAILABLE, details)).message).toBe(
      'connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  test('whatever is not from gRPC stays what it was', () => {
    expect(fromStatus(new Error('odd')).code).toBe('INTERNAL');
  });
});
