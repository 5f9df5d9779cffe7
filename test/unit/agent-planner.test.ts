import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff } from '../../agent/core/backoff.ts';
import {
  environmentOf,
  plan,
  refusedVariables,
  type ObservedContainer,
  type Order,
} from '../../agent/core/planner.ts';
import type { ContainerSpec, Role } from '../../agent/core/role.ts';

function aContainer(over: Partial<ContainerSpec> = {}): ContainerSpec {
  const base: ContainerSpec = {
    name: 'app',
    image: 'app:1',
    prepare: 'none',
    ports: [],
    ready: { kind: 'started' },
    userEnv: [],
  };
  return { ...base, ...over };
}

const role: Role = { name: 'web', containers: [aContainer(), aContainer({ name: 'cache' })] };
const order: Order = { assignmentId: 'as-1', user: 'alice', environment: 'main', role: 'web', env: {} };

function anObserved(over: Partial<ObservedContainer> = {}): ObservedContainer {
  return { id: 'c1', name: 'app', assignmentId: 'as-1', state: 'running', exitCode: 0, ...over };
}

const kinds = (...args: Parameters<typeof plan>): string[] => plan(...args).map(({ kind }) => kind);
const none = new Set<string>();

describe('the plan', () => {
  test('is empty while nothing is asked for, whatever runs', () => {
    expect(plan({ phase: 'idle' }, undefined, [anObserved()], none)).toEqual([]);
  });

  test('creates what is missing, starts what is created, awaits what is started', () => {
    const desired = { phase: 'run', order } as const;
    expect(kinds(desired, role, [], none)).toEqual(['create', 'create']);
    expect(kinds(desired, role, [anObserved({ state: 'created' })], none)).toEqual(['start', 'create']);
    const both = [anObserved(), anObserved({ id: 'c2', name: 'cache' })];
    expect(kinds(desired, role, both, new Set(['c1']))).toEqual(['await_ready']);
    expect(kinds(desired, role, both, new Set(['c1', 'c2']))).toEqual([]);
  });

  test('does not run a second time what has ended', () => {
    expect(
      plan({ phase: 'run', order }, role, [anObserved({ state: 'ended', exitCode: 3 })], none)[0],
    ).toEqual({
      kind: 'fail',
      id: 'c1',
      name: 'app',
      exitCode: 3,
    });
  });

  test('removes containers of another assignment before anything else', () => {
    expect(kinds({ phase: 'run', order }, role, [anObserved({ assignmentId: 'as-0' })], none)).toEqual([
      'remove',
    ]);
  });

  test('removes everything when it has to stop', () => {
    expect(kinds({ phase: 'stop', order }, role, [anObserved(), anObserved({ id: 'c2' })], none)).toEqual([
      'remove',
      'remove',
    ]);
  });

  test('comes to an end from any state, with each container of the role once', () => {
    expect.hasAssertions();
    const state = fc.constantFrom('absent' as const, 'created' as const, 'running' as const);
    fc.assert(
      fc.property(state, state, fc.boolean(), (app, cache, hasStranger) => {
        const there = new Map<string, ObservedContainer>();
        if (app !== 'absent') there.set('a', anObserved({ id: 'a', state: app }));
        if (cache !== 'absent') there.set('b', anObserved({ id: 'b', name: 'cache', state: cache }));
        if (hasStranger) there.set('s', anObserved({ id: 's', assignmentId: 'as-0' }));
        const ready = new Set<string>();
        let rounds = 0;
        for (
          let steps = plan({ phase: 'run', order }, role, [...there.values()], ready);
          steps.length > 0;
          rounds++
        ) {
          expect(rounds).toBeLessThan(6);
          for (const step of steps) {
            if (step.kind === 'create') {
              const id = `new-${step.container.name}`;
              there.set(id, anObserved({ id, name: step.container.name, state: 'created' }));
            } else if (step.kind === 'start')
              there.set(step.id, { ...(there.get(step.id) ?? anObserved()), state: 'running' });
            else if (step.kind === 'await_ready') ready.add(step.id);
            else there.delete(step.id);
          }
          steps = plan({ phase: 'run', order }, role, [...there.values()], ready);
        }
        expect([...there.values()].map(({ name }) => name).sort()).toEqual(['app', 'cache']);
      }),
    );
  });
});

test('a container gets what the role takes from the order, and always who it is for', () => {
  const container = aContainer({ userEnv: ['BRANCH'] });
  const asked = { ...order, env: { BRANCH: 'main', PATH: '/evil', PARBAKE_USER: 'mallory' } };
  expect(environmentOf(asked, container, 'i-1')).toEqual({
    BRANCH: 'main',
    PARBAKE_USER: 'alice',
    PARBAKE_ENVIRONMENT: 'main',
    PARBAKE_ASSIGNMENT_ID: 'as-1',
    PARBAKE_INSTANCE_ID: 'i-1',
  });
  expect(refusedVariables(asked, { name: 'web', containers: [container] })).toEqual(['PATH', 'PARBAKE_USER']);
});

test('tries wait longer and longer, up to half a minute, anywhere below the bound', () => {
  expect([0, 1, 2, 6, 40].map((failures) => backoff(failures, 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  expect(backoff(3, 0)).toBe(0);
});
