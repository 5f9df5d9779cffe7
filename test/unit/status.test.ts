import { Metadata, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs/light.js';
import { describe, expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import description from '../../proto/gen/google-rpc.json' with { type: 'json' };
import { fromStatus, toStatus } from '../../proto/wire/status.ts';

/** A `google.rpc.Status` with an ErrorInfo NO_CAPACITY of example.com. */
const foreign =
  'CA4SBGF3YXkaRgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLkVycm9ySW5mbxIaCgtOT19DQVBBQ0lUWRILZXhhbXBsZS5jb20=';

const rpc = protobuf.Root.fromJSON(description);

/** A `google.rpc.Status` that somebody other than Parbake sent. */
function statusOf({ domain, retryDelay }: { domain?: string; retryDelay: object }): Buffer {
  const any = (type: string, value: object): object => ({
    type_url: `type.googleapis.com/google.rpc.${type}`,
    value: encoded(type, value),
  });
  const details = [any('RetryInfo', { retryDelay })];
  if (domain !== undefined) details.push(any('ErrorInfo', { domain, reason: 'OVERLOADED' }));
  return encoded('Status', { code: status.UNAVAILABLE, details });
}

function encoded(type: string, value: object): Buffer {
  const known = rpc.lookupType(`google.rpc.${type}`);
  return Buffer.from(known.encode(known.fromObject(value)).finish());
}

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

  test('its details come back too, and a delay that the catalogue gives', () => {
    const details = {
      violations: [{ field: 'env.PATH', description: 'is not a variable that role web takes' }],
      resource: { type: 'parbake.v1.Role', name: 'web' },
      metadata: { role: 'web' },
    };
    const { code, details: text, metadata } = toStatus(new ParbakeError('NO_CAPACITY', 'none', details));
    const received = fromStatus(serviceError(code, text, metadata));
    expect(received.details).toEqual({ ...details, retryAfterMs: 5_000 });
  });

  test('what does not fit into headers is left out, never the code', () => {
    const violations = Array.from({ length: 1000 }, () => ({
      field: 'x'.repeat(999),
      description: 'y'.repeat(999),
    }));
    const sent = new ParbakeError('REQUEST_INVALID', 'z'.repeat(99_999), { violations });
    const { code, details, metadata } = toStatus(sent);
    const [bytes] = metadata.get('grpc-status-details-bin');
    expect(bytes?.length).toBeLessThan(4_097);
    expect(encodeURI(details).length).toBe(1_400);
    const received = fromStatus(serviceError(code, details, metadata));
    expect([received.code, received.details.violations?.length]).toEqual(['REQUEST_INVALID', 4]);
  });

  test.each([
    ['a character cut in half', `env.${'😀'.repeat(64).slice(0, 63)}`],
    ['characters of two units', '😀'.repeat(9_999)],
    ['characters of two units, after one', `x${'😀'.repeat(9_999)}`],
    ['characters of three bytes', '世'.repeat(9_999)],
    ['characters that headers escape', ' %\n'.repeat(9_999)],
  ])('a text with %s fits into the headers that every client accepts', (_, text) => {
    const violations = Array.from({ length: 10 }, () => ({ field: text, description: text }));
    const resource = { type: 'parbake.v1.Role', name: text };
    const sent = new ParbakeError('NO_CAPACITY', text, { violations, resource, metadata: { role: text } });
    const { details, metadata } = toStatus(sent);
    const [bytes] = metadata.get('grpc-status-details-bin');
    const header = Buffer.isBuffer(bytes) ? bytes.toString('base64') : '';
    expect(header.length).toBeGreaterThan(0);
    expect(encodeURI(details).length + header.length).toBeLessThan(7_900);
  });

  test.each([
    ['that are none', Buffer.from('not a message')],
    ['of another domain', Buffer.from(foreign, 'base64')],
  ])('details %s are ignored', (_, bytes) => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', bytes);
    expect(fromStatus(serviceError(status.UNAVAILABLE, 'away', metadata)).code).toBe(
      'COORDINATOR_UNREACHABLE',
    );
  });

  test.each([
    ['a proxy', { domain: 'example.com', retryDelay: { seconds: 7, nanos: 5e8 } }, 7_500],
    ['somebody who says no more', { retryDelay: { seconds: 2 } }, 2_000],
    ['somebody who counts backwards', { retryDelay: { seconds: -3 } }, undefined],
  ])('a delay that %s asks for comes with the error', (_, sent, expected) => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', statusOf(sent));
    const received = fromStatus(serviceError(status.UNAVAILABLE, 'away', metadata));
    expect([received.code, received.retryAfterMs]).toEqual(['COORDINATOR_UNREACHABLE', expected]);
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
