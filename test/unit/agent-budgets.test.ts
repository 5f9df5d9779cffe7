import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentBudgets } from '../../coordinator/api/agent-budgets.ts';
import { Pace } from '../../coordinator/api/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('as much as a burst passes at once, and then no more than the rate', () => {
  const pace = new Pace({ perSecond: 10, burst: 5 });
  expect([1, 1, 1, 1, 1].map((amount) => pace.note(amount))).toEqual([0, 0, 0, 0, 0]);
  expect(pace.note(1)).toBeCloseTo(100);
  vi.advanceTimersByTime(100);
  expect(pace.wait).toBe(0);
  expect(pace.isRested).toBe(false);
  vi.advanceTimersByTime(500);
  expect(pace.isRested).toBe(true);
});

test('an instance that checks in again and again is told when to, and others are not held up', () => {
  const budgets = new AgentBudgets();
  const checkIn = (id: string): void => budgets.of(id).checkIn(id);
  // Its burst, and the one that is due.
  for (let count = 0; count <= 20; count++) checkIn('i-1');
  expect(() => checkIn('i-1')).toThrow(
    expect.objectContaining({ code: 'COORDINATOR_BUSY', message: expect.stringContaining('i-1') }),
  );
  checkIn('i-2');
  vi.advanceTimersByTime(1_000);
  checkIn('i-1');
  expect(() => checkIn('i-1')).toThrow(expect.objectContaining({ details: { retryAfterMs: 1_000 } }));
});

test('a budget is forgotten only once it is whole again', () => {
  const budgets = new AgentBudgets();
  budgets.of('i-quiet').checkIn('i-quiet');
  budgets.of('i-loud').reported.note(1_000_000);
  vi.advanceTimersByTime(60_000);
  budgets.of('i-new');
  expect(budgets.size).toBe(2);
  expect(budgets.of('i-loud').reported.wait).toBeGreaterThan(0);
});
