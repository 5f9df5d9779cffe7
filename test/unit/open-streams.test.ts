import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OpenStreams } from '../../coordinator/trust/open-streams.ts';
import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A stream whose certificate is valid until `isValid` says otherwise. */
function aStream(streams: OpenStreams, lifetime: number) {
  const ended: ErrorCode[] = [];
  const notAfter = Date.now() + lifetime;
  const stream = { ended, isValid: () => Date.now() <= notAfter };
  streams.add(
    stream,
    { notAfter },
    {
      recheck: () => {
        if (!stream.isValid()) throw new ParbakeError('UNAUTHENTICATED', 'it has expired');
      },
      end: ({ code }) => void ended.push(code),
    },
  );
  return stream;
}

test('finding 23: a stream ends with its certificate, however long that is valid', () => {
  const streams = new OpenStreams();
  const day = 86_400_000;
  // Longer than a timer can be.
  const [short, long] = [aStream(streams, 1_000), aStream(streams, 60 * day)];
  vi.advanceTimersByTime(1_000);
  expect(short.ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(short.ended).toEqual(['UNAUTHENTICATED']);
  vi.advanceTimersByTime(59 * day);
  expect(long.ended).toEqual([]);
  vi.advanceTimersByTime(day);
  expect(long.ended).toEqual(['UNAUTHENTICATED']);
});

test('a stream that was revoked ends when all are checked, once, and the others go on', () => {
  const streams = new OpenStreams();
  const [revoked, other] = [aStream(streams, 60_000), aStream(streams, 60_000)];
  revoked.isValid = () => false;
  streams.recheck();
  streams.recheck();
  expect([revoked.ended, other.ended]).toEqual([['UNAUTHENTICATED'], []]);
});

test('a stream that is over is not ended again', () => {
  const streams = new OpenStreams();
  const stream = aStream(streams, 1_000);
  streams.remove(stream);
  vi.advanceTimersByTime(10_000);
  expect(stream.ended).toEqual([]);
});
