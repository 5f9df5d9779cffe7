import type { ExpectDemandRequest__Output } from '../../../proto/gen/parbake/v1/ExpectDemandRequest.ts';
import { millisecondsOf } from '../../../proto/wire/time.ts';
import type { Expectation } from '../../store/pools.ts';
import { durationFromProto, invalid, readAll, required } from './parts.ts';

const minute = 60_000;
/** Milliseconds: nobody knows what comes later. */
const farthest = 31 * 1_440 * minute;
/** Machines of one pool at most. */
const maxCount = 100_000;

/** @param now milliseconds since the epoch. @throws ParbakeError REQUEST_INVALID */
export function expectationFromProto(message: ExpectDemandRequest__Output, now: number): Expectation {
  const { start, ttl, ...expectation } = readAll({
    requestId: () => {
      if (/^[\w-]{1,64}$/.test(message.requestId)) return message.requestId;
      throw invalid('request_id', 'is not 1 to 64 letters, digits, hyphens and underscores');
    },
    pool: () => required('pool', message.pool, 63),
    count: () => {
      if (message.count >= 0 && message.count <= maxCount) return message.count;
      throw invalid('count', `is ${message.count}, not from 0 to ${maxCount}`);
    },
    start: () => {
      const time = millisecondsOf(message.time) ?? now;
      // A moment ago is now.
      if (time > now - minute && time <= now + farthest) return Math.max(time, now);
      throw invalid('time', 'is in the past, or more than 31 days ahead');
    },
    ttl: () => {
      const ttl = durationFromProto('ttl', message.ttl) ?? 15 * minute;
      if (ttl >= minute && ttl <= 1_440 * minute) return ttl;
      throw invalid('ttl', `is ${ttl} ms, not from 1 min to 24 h`);
    },
  });
  // The store has whole milliseconds.
  return { ...expectation, start: Math.round(start), end: Math.round(start + ttl) };
}
