import { describe, expect, test } from 'vitest';
import { chooseTargets, preparationOf } from '../../agent/core/order/preparation.ts';
import type { ContainerSpec, Role } from '../../proto/recipe/role.ts';
import { aContainer, anObserved } from '../support/role-builders.ts';

describe('what is prepared', () => {
  const aRole = (name: string, over: Partial<ContainerSpec>): Role => ({
    name,
    containers: [aContainer({ prepare: 'gate', ...over })],
  });
  const plenty = { hasGate: true, memoryBytes: 1024 ** 3 };
  const levels = (roles: Role[], limits = plenty) =>
    chooseTargets(roles, limits).map(({ role, level }) => [role, level]);

  test('is what the recipe says, role by role', () => {
    expect(levels([aRole('a', { ports: [80] }), aRole('b', { ports: [81] })])).toEqual([
      ['a', 'gate'],
      ['b', 'gate'],
    ]);
  });

  test('is only created where an earlier role holds the port', () => {
    expect(levels([aRole('a', { ports: [80] }), aRole('b', { ports: [80] })])).toEqual([
      ['a', 'gate'],
      ['b', 'create'],
    ]);
  });

  test('is only created where there is no memory left', () => {
    const roles = [aRole('a', {}), aRole('b', { prepare: 'start' }), aRole('c', {})];
    expect(levels(roles, { hasGate: true, memoryBytes: 40 * 1024 ** 2 })).toEqual([
      ['a', 'gate'],
      ['b', 'create'],
      ['c', 'gate'],
    ]);
  });

  test('counts a limit of memory for what runs early, and 256 MiB without one', () => {
    const roles = (memoryBytes: number) => [aRole('a', { prepare: 'start', memoryBytes })];
    const limits = { hasGate: true, memoryBytes: 128 * 1024 ** 2 };
    expect(levels(roles(64 * 1024 ** 2), limits)).toEqual([['a', 'start']]);
    expect(levels(roles(512 * 1024 ** 2), limits)).toEqual([['a', 'create']]);
    expect(levels([aRole('a', { prepare: 'start' })], limits)).toEqual([['a', 'create']]);
  });

  test('counts what is held as what runs early, and has none without the gate’s program', () => {
    const roles = Array.from({ length: 20 }, (_, index) => aRole(`r${index}`, { prepare: 'hold' }));
    const of = (level: string, all: string[][]) => all.filter((each) => each[1] === level).length;
    const held = levels(roles, { hasGate: true, memoryBytes: 1024 ** 3 });
    expect([of('hold', held), of('create', held)]).toEqual([4, 16]);
    expect(levels(roles, { ...plenty, hasGate: false })).toEqual([]);
  });

  test('lets several roles have a port that they do not publish', () => {
    const hidden: Partial<ContainerSpec> = { ports: [80], publish: false };
    expect(levels([aRole('a', hidden), aRole('b', { ports: [80] }), aRole('c', hidden)])).toEqual([
      ['a', 'gate'],
      ['b', 'gate'],
      ['c', 'gate'],
    ]);
  });

  test('is nothing without a gate, except what needs none', () => {
    const roles = [aRole('a', {}), aRole('b', { prepare: 'create' }), aRole('c', { prepare: 'pause' })];
    expect(levels(roles, { ...plenty, hasGate: false })).toEqual([['c', 'pause']]);
  });

  test('counts as whole only when it is as far as the recipe asks', () => {
    const web = aRole('web', {});
    const [target] = chooseTargets([web], plenty);
    const waiting = anObserved({ assignmentId: '', level: 'gate', state: 'waiting' });
    const targets = target === undefined ? [] : [target];
    expect(preparationOf(web, targets, [waiting])).toBe(1);
    expect(preparationOf(web, targets, [{ ...waiting, state: 'created' }])).toBe(0);
    expect(preparationOf(web, [], [])).toBe(0);
    expect(preparationOf(aRole('web', { prepare: 'none' }), [], [])).toBe(1);
  });
});
