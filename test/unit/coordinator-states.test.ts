import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assignmentAfter,
  isLive,
  isOver,
  type AssignmentState,
} from '../../coordinator/core/assignment-state.ts';
import {
  instanceAfter,
  type InstanceEvent,
  type InstanceState,
} from '../../coordinator/core/instance-state.ts';

const instanceEvents = [
  'checked_in',
  'preparing',
  'prepared',
  'prepare_failed',
  'assigned',
  'released',
  'stopped',
  'quarantined',
] as const satisfies readonly InstanceEvent['kind'][];

describe('an instance', () => {
  test.each([
    ['EXPECTED', 'checked_in', 'CHECKED_IN'],
    ['CHECKED_IN', 'prepared', 'READY'],
    ['READY', 'assigned', 'ASSIGNED'],
    ['ASSIGNED', 'released', 'RELEASING'],
    ['RELEASING', 'stopped', 'TERMINATED'],
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

  test('that had a user is never in a pool again, whatever happens', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...instanceEvents)), (kinds) => {
        let state: InstanceState = 'EXPECTED';
        const afterUser: InstanceState[] = [];
        for (const kind of kinds) {
          const after = instanceAfter(state, { kind });
          if (typeof after !== 'string') continue;
          if (after === 'ASSIGNED' || afterUser.length > 0) afterUser.push(after);
          state = after;
        }
        for (const pooled of ['CHECKED_IN', 'PREPARING', 'READY']) expect(afterUser).not.toContain(pooled);
      }),
    );
  });
});

describe('an assignment', () => {
  test.each([
    ['PENDING', 'claimed', 'CLAIMED'],
    ['CLAIMED', 'serving', 'SERVING'],
    ['SERVING', 'delivered', 'SERVING'],
    ['STARTING', 'attempt_failed', 'PENDING'],
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
    const kinds = [
      'claimed',
      'delivered',
      'starting',
      'serving',
      'attempt_failed',
      'failed',
      'release',
      'stopped',
    ] as const;
    const states: AssignmentState[] = ['RELEASED', 'FAILED', 'EXPIRED'];
    for (const state of states) {
      expect(isOver(state)).toBe(true);
      expect(isLive(state)).toBe(false);
      for (const kind of kinds) expect(typeof assignmentAfter(state, { kind })).toBe('object');
    }
  });
});
