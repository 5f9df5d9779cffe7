import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assignmentAfter,
  assignmentStates,
  isLive,
  isOver,
  type AssignmentEvent,
  type AssignmentState,
} from '../../coordinator/core/assignment-state.ts';
import {
  instanceAfter,
  instanceStates,
  isInPool,
  type InstanceEvent,
  type InstanceState,
} from '../../coordinator/core/instance-state.ts';

const instanceEvents = [
  ...[
    'checked_in',
    'preparing',
    'prepared',
    'prepare_failed',
    'assigned',
    'released',
    'stopped',
    'quarantined',
  ],
  ...['quarantine_cleared', 'drained', 'retired', 'lost', 'terminated', 'parking', 'parked'],
] as InstanceEvent['kind'][];

const assignmentEvents = [
  ...['claimed', 'delivered', 'starting', 'serving', 'attempt_failed', 'undelivered', 'failed', 'completed'],
  ...['expired', 'extended', 'release', 'stopped'],
] as AssignmentEvent['kind'][];

/** The states that can be reached from one, in any number of steps. */
function reachable<S extends string>(from: S, after: (state: S) => (S | object)[]): Set<S> {
  const found = new Set<S>();
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (const next of after(state))
      if (typeof next === 'string' && !found.has(next)) {
        found.add(next);
        open.push(next);
      }
  return found;
}

describe('an instance', () => {
  test.each([
    ['EXPECTED', 'checked_in', 'CHECKED_IN'],
    ['CHECKED_IN', 'prepared', 'READY'],
    ['READY', 'assigned', 'ASSIGNED'],
    ['ASSIGNED', 'released', 'RELEASING'],
    ['RELEASING', 'stopped', 'RETIRED'],
    ['RETIRED', 'terminated', 'TERMINATED'],
    ['READY', 'drained', 'RETIRED'],
    ['ASSIGNED', 'drained', 'DRAINING'],
    ['DRAINING', 'released', 'RELEASING'],
    ['ASSIGNED', 'lost', 'LOST'],
    ['LOST', 'checked_in', 'RETIRED'],
    ['QUARANTINED', 'quarantine_cleared', 'CHECKED_IN'],
    ['PARKED', 'checked_in', 'CHECKED_IN'],
    ['ASSIGNED', 'checked_in', 'ASSIGNED'],
    ['ASSIGNED', 'quarantined', 'QUARANTINED'],
  ] as const)('that is %s is after %s %s', (state, kind, after) => {
    expect(instanceAfter(state, { kind })).toBe(after);
  });

  test.each([
    ['CHECKED_IN', 'assigned'],
    ['ASSIGNED', 'assigned'],
    ['TERMINATED', 'assigned'],
    ['ASSIGNED', 'prepared'],
    ['READY', 'released'],
    ['TERMINATED', 'quarantined'],
  ] as const)('that is %s cannot be %s', (state, kind) => {
    expect(instanceAfter(state, { kind })).toEqual({ illegal: expect.stringContaining(state) as string });
  });

  test('comes back to its pool after it was passed over only if no order reached it', () => {
    expect(instanceAfter('RELEASING', { kind: 'checked_in', isUntouched: true })).toBe('CHECKED_IN');
    expect(instanceAfter('RELEASING', { kind: 'checked_in' })).toBe('RELEASING');
    expect(instanceAfter('ASSIGNED', { kind: 'checked_in', isUntouched: true })).toBe('ASSIGNED');
  });

  test('that had a user is never in a pool again, whatever happens', () => {
    expect.hasAssertions();
    // A quarantine is cleared only where no order ever was; the store knows that.
    const kinds = instanceEvents.filter((kind) => kind !== 'quarantine_cleared');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 200 }), (events) => {
        let state: InstanceState = 'EXPECTED';
        let hadUser = false;
        for (const kind of events) {
          const after = instanceAfter(state, { kind });
          if (typeof after !== 'string') continue;
          hadUser ||= after === 'ASSIGNED';
          expect(hadUser && isInPool(after)).toBe(false);
          state = after;
        }
      }),
    );
  });

  test('has a way out of every state but the last', () => {
    for (const state of instanceStates) {
      const all = reachable<InstanceState>(state, (from) =>
        instanceEvents.map((kind) => instanceAfter(from, { kind })),
      );
      expect(all).toContain('TERMINATED');
    }
  });
});

describe('an assignment', () => {
  test.each([
    ['PENDING', 'claimed', 'CLAIMED'],
    ['CLAIMED', 'serving', 'SERVING'],
    ['SERVING', 'delivered', 'SERVING'],
    ['STARTING', 'attempt_failed', 'PENDING'],
    ['CLAIMED', 'undelivered', 'PENDING'],
    ['SERVING', 'completed', 'COMPLETED'],
    ['PENDING', 'expired', 'EXPIRED'],
    ['SERVING', 'expired', 'EXPIRED'],
    ['SERVING', 'release', 'RELEASING'],
    ['PENDING', 'release', 'RELEASED'],
    ['RELEASING', 'stopped', 'RELEASED'],
  ] as const)('that is %s is after %s %s', (state, kind, after) => {
    expect(assignmentAfter(state, { kind })).toBe(after);
  });

  test.each([
    ['CLAIMED', 'claimed'],
    ['RELEASED', 'release'],
    ['RELEASING', 'serving'],
    ['SERVING', 'stopped'],
    ['FAILED', 'claimed'],
  ] as const)('that is %s cannot be %s', (state, kind) => {
    expect(assignmentAfter(state, { kind })).toEqual({ illegal: expect.stringContaining(state) as string });
  });

  test('that is over stays so', () => {
    const states = assignmentStates.filter(isOver);
    expect(states).toEqual(['RELEASED', 'COMPLETED', 'FAILED', 'EXPIRED']);
    for (const state of states) {
      expect(isLive(state)).toBe(false);
      for (const kind of assignmentEvents) expect(typeof assignmentAfter(state, { kind })).toBe('object');
    }
  });

  test('ends from every state, whatever happened before', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...assignmentEvents), { maxLength: 100 }), (events) => {
        let state: AssignmentState = 'PENDING';
        for (const kind of events) {
          const after = assignmentAfter(state, { kind });
          if (typeof after === 'string') state = after;
        }
        const ends = reachable<AssignmentState>(state, (from) =>
          assignmentEvents.map((kind) => assignmentAfter(from, { kind })),
        );
        expect(isOver(state) || [...ends].some(isOver)).toBe(true);
      }),
    );
  });
});
