import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  plan,
  type ObservedContainer,
  type Situation,
  type Step,
  type Target,
} from '../../agent/core/order/planner.ts';
import { chooseTargets } from '../../agent/core/order/preparation.ts';
import type { ContainerSpec, Role } from '../../proto/recipe/role.ts';
import { circleIn } from '../../proto/recipe/start-order.ts';
import { aContainer, anEnd, anObserved, order, role } from '../support/role-builders.ts';

const none: ReadonlySet<string> = new Set();
const runs = { phase: 'run', order } as const;

function planned(situation: Partial<Situation>): Step[] {
  return plan({
    desired: { phase: 'idle' },
    targets: [],
    role,
    observed: [],
    ready: none,
    restarts: new Map(),
    now: 0,
    ...situation,
  });
}

function kinds(situation: Partial<Situation>): string[] {
  return planned(situation).map(({ kind }) => kind);
}

describe('the plan for an order', () => {
  test('creates what is missing, starts what is created, awaits what is started', () => {
    expect(kinds({ desired: runs })).toEqual(['create', 'create']);
    expect(kinds({ desired: runs, observed: [anObserved({ state: 'created' })] })).toEqual([
      'start',
      'create',
    ]);
    const both = [anObserved(), anObserved({ id: 'c2', name: 'cache' })];
    expect(kinds({ desired: runs, observed: both, ready: new Set(['c1']) })).toEqual(['await_ready']);
    expect(kinds({ desired: runs, observed: both, ready: new Set(['c1', 'c2']) })).toEqual([]);
  });

  test('does not run a second time what has ended', () => {
    const observed = [anObserved({ state: 'ended', end: anEnd({ exitCode: 3 }) })];
    expect(planned({ desired: runs, observed })[0]).toEqual({
      kind: 'fail',
      id: 'c1',
      name: 'app',
      end: anEnd({ exitCode: 3 }),
    });
  });

  test('removes containers of another assignment before anything is started', () => {
    expect(kinds({ desired: runs, observed: [anObserved({ assignmentId: 'as-0' })] })).toEqual(['remove']);
  });

  test('removes everything when it has to stop', () => {
    const observed = [
      anObserved(),
      anObserved({ id: 'c2', level: 'gate', assignmentId: '', state: 'waiting' }),
    ];
    expect(kinds({ desired: { phase: 'stop', order }, observed })).toEqual(['remove', 'remove']);
  });

  test('takes what was prepared for the role, whatever its level', () => {
    const prepared = (over: Partial<ObservedContainer>) => anObserved({ assignmentId: '', ...over });
    const one: Role = { name: 'web', containers: [aContainer()] };
    const next = (over: Partial<ObservedContainer>) =>
      kinds({ desired: runs, role: one, observed: [prepared(over)] })[0];
    expect(next({ level: 'gate', state: 'waiting' })).toBe('release');
    expect(next({ level: 'gate', state: 'coming_up' })).toBe('await_gate');
    expect(next({ level: 'create', state: 'created' })).toBe('start');
    expect(next({ level: 'pause', state: 'paused' })).toBe('unpause');
    expect(next({ level: 'start', state: 'running' })).toBe('await_ready');
    expect(next({ level: 'gate', state: 'dead' })).toBe('remove');
  });

  test('serves the user before it lets go what was prepared for other roles', () => {
    const one: Role = { name: 'web', containers: [aContainer()] };
    const mine = anObserved({ assignmentId: '', level: 'gate', state: 'waiting' });
    const other = anObserved({ id: 'o', role: 'api', assignmentId: '', level: 'gate', state: 'waiting' });
    expect(kinds({ desired: runs, role: one, observed: [mine, other] })).toEqual(['release']);
    const served = { ...mine, state: 'running' } as const;
    expect(planned({ desired: runs, role: one, observed: [served, other], ready: new Set(['c1']) })).toEqual([
      { kind: 'remove', id: 'o', name: 'app' },
    ]);
  });

  test('makes room first when the role has still to be started, since the other may hold its ports', () => {
    const other = anObserved({ id: 'o', role: 'api', assignmentId: '', level: 'gate', state: 'waiting' });
    const mine = anObserved({ assignmentId: '', level: 'create', state: 'created' });
    expect(
      planned({ desired: runs, observed: [mine, other] }).map((step) => 'id' in step && step.id),
    ).toEqual(['o']);
  });

  test('comes to an end from any state, with each container of the role once', () => {
    expect.hasAssertions();
    const state = fc.constantFrom('absent', 'created', 'coming_up', 'waiting', 'paused', 'running', 'dead');
    fc.assert(
      fc.property(state, state, fc.boolean(), (app, cache, hasStranger) => {
        const there = new Map<string, ObservedContainer>();
        const put = (id: string, over: Partial<ObservedContainer>) =>
          there.set(id, anObserved({ id, ...over }));
        if (app !== 'absent') put('a', { state: app, assignmentId: '', level: 'gate' });
        if (cache !== 'absent') put('b', { name: 'cache', state: cache, assignmentId: '', level: 'gate' });
        if (hasStranger) put('s', { assignmentId: 'as-0' });
        const ready = new Set<string>();
        const next = () => planned({ desired: runs, observed: [...there.values()], ready });
        let rounds = 0;
        for (let steps = next(); steps.length > 0; rounds++) {
          expect(rounds).toBeLessThan(10);
          for (const step of steps) carryOut(step, there, ready);
          steps = next();
        }
        expect([...there.values()].map(({ name }) => name).sort()).toEqual(['app', 'cache']);
      }),
    );
  });
});

describe('a container that reads its order itself', () => {
  const app = aContainer({ prepare: 'hold', held: { kind: 'reads', timeoutMs: 1000 } });
  const held: Role = { name: 'web', containers: [app] };
  const next = (over: Partial<ObservedContainer>) =>
    kinds({
      desired: runs,
      role: held,
      observed: [anObserved({ level: 'hold', assignmentId: '', ...over })],
    });

  test('is given it once it reads, however it came to be', () => {
    expect(next({ state: 'waiting' })).toEqual(['release']);
    expect(next({ state: 'coming_up' })).toEqual(['await_held']);
    // It had no room before its order, or was made for it.
    expect(next({ level: 'create', state: 'created' })).toEqual(['start']);
    expect(next({ level: 'none', assignmentId: 'as-1', state: 'coming_up' })).toEqual(['await_held']);
  });

  test('is replaced when it ended while it was held, and fails the order when it was made for that', () => {
    expect(next({ state: 'dead', end: anEnd() })).toEqual(['remove']);
    expect(next({ state: 'dead', assignmentId: 'as-1', end: anEnd() })).toEqual(['fail']);
    // It lost its writer.
    expect(next({ state: 'dead', assignmentId: 'as-1' })).toEqual(['remove']);
  });

  test('starts beside those that it comes after, and gets its order after them', () => {
    const db = aContainer({ name: 'db' });
    const both: Role = { name: 'web', containers: [{ ...app, after: ['db'] }, db] };
    const mine = anObserved({ id: 'a', level: 'hold', assignmentId: '', state: 'waiting' });
    const observed = [mine, anObserved({ id: 'd', name: 'db' })];
    expect(kinds({ desired: runs, role: both, observed })).toEqual(['await_ready']);
    expect(kinds({ desired: runs, role: both, observed, ready: new Set(['d']) })).toEqual(['release']);
  });
});

describe('the order of starts', () => {
  const db = aContainer({ name: 'db' });
  const app = aContainer({ name: 'app', after: ['db'] });
  const both: Role = { name: 'web', containers: [app, db] };
  const gated = (over: Partial<ObservedContainer>) =>
    anObserved({ assignmentId: '', level: 'gate', state: 'waiting', ...over });

  test('lets a gate through once those before it are ready', () => {
    const waiting = [gated({ id: 'a', name: 'app' }), gated({ id: 'd', name: 'db' })];
    const released = (observed: ObservedContainer[], ready = none) =>
      planned({ desired: runs, role: both, observed, ready }).map((step) =>
        'id' in step ? `${step.kind} ${step.id}` : step.kind,
      );
    expect(released(waiting)).toEqual(['release d']);
    const [first, second] = waiting as [ObservedContainer, ObservedContainer];
    const running = [first, { ...second, state: 'running' }] as ObservedContainer[];
    expect(released(running)).toEqual(['await_ready d']);
    expect(released(running, new Set(['d']))).toEqual(['release a']);
  });

  test('makes containers at once, and starts them in their turn', () => {
    expect(kinds({ desired: runs, role: both })).toEqual(['create', 'create']);
    const created = [
      anObserved({ id: 'a', state: 'created' }),
      anObserved({ id: 'd', name: 'db', state: 'created' }),
    ];
    expect(planned({ desired: runs, role: both, observed: created })).toEqual([
      { kind: 'start', id: 'd', container: db },
    ]);
    const gates = created.map((each) => ({ ...each, assignmentId: '', level: 'create' }) as const);
    expect(kinds({ desired: runs, role: both, observed: gates })).toEqual(['start', 'start']);
  });

  test('pauses nobody whom one that is still starting may need', () => {
    const target = (container: ContainerSpec): Target => ({ role: 'web', container, level: 'pause' });
    const targets = [target(app), target(db)];
    const early = (id: string, name: string, state: ObservedContainer['state']) =>
      anObserved({ id, name, assignmentId: '', level: 'pause', state });
    const next = (app: ObservedContainer['state'], db: ObservedContainer['state'], ready: string[]) =>
      planned({
        targets,
        observed: [early('a', 'app', app), early('d', 'db', db)],
        ready: new Set(ready),
      }).map((step) => ('id' in step ? `${step.kind} ${step.id}` : step.kind));
    expect(next('created', 'created', [])).toEqual(['start d']);
    expect(next('created', 'running', ['d'])).toEqual(['start a']);
    expect(next('running', 'running', ['d'])).toEqual(['await_ready a']);
    expect(next('running', 'running', ['d', 'a'])).toEqual(['pause a', 'pause d']);
    expect(next('paused', 'paused', [])).toEqual([]);
  });

  const levels = ['none', 'create', 'start', 'pause', 'gate', 'hold'] as const;
  test('is kept by any role without circles, from the preparation to the user, and comes to an end', () => {
    expect.hasAssertions();
    const names = ['a', 'b', 'c', 'd'];
    const anAfter = fc.subarray(names);
    const aLevel = fc.constantFrom(...levels);
    fc.assert(
      fc.property(fc.array(fc.tuple(aLevel, anAfter), { minLength: 4, maxLength: 4 }), (drawn) => {
        const isEarly = (index: number): boolean => ['start', 'pause'].includes(drawn[index]?.[0] ?? '');
        // Names only earlier ones, so there is no circle, and who runs early comes after others that do.
        const containers = drawn.map(([prepare, after], index) =>
          aContainer({
            name: names[index] ?? '',
            prepare,
            after: after.filter((name) => {
              const at = names.indexOf(name);
              return at < index && (!isEarly(index) || isEarly(at));
            }),
          }),
        );
        const one: Role = { name: 'web', containers };
        expect(circleIn(containers)).toBeUndefined();
        const there = new Map<string, ObservedContainer>();
        const ready = new Set<string>();
        const targets = chooseTargets([one], { hasGate: true, memoryBytes: 1024 ** 4 });
        for (const desired of [{ phase: 'idle' } as const, runs]) {
          const next = () =>
            planned({ desired, targets, role: one, observed: [...there.values()].reverse(), ready });
          let rounds = 0;
          for (let steps = next(); steps.length > 0; steps = next()) {
            expect(rounds++).toBeLessThan(40);
            for (const step of steps) {
              const runsNow =
                step.kind === 'release' ||
                step.kind === 'unpause' ||
                (step.kind === 'start' && !waitsForOrder(there.get(step.id), step.container));
              const before = runsNow ? (step.container.after ?? []) : [];
              for (const name of before) {
                const first = [...there.values()].find((each) => each.name === name);
                expect(ready.has(first?.id ?? '')).toBe(true);
              }
              carryOut(step, there, ready);
            }
          }
        }
        const states = Object.fromEntries([...there.values()].map(({ name, state }) => [name, state]));
        expect(states).toEqual({ a: 'running', b: 'running', c: 'running', d: 'running' });
      }),
    );
  });
});

describe('the plan without an order', () => {
  const target = (level: Target['level'], over: Partial<ContainerSpec> = {}): Target => ({
    role: 'web',
    container: aContainer({ prepare: level, ...over }),
    level,
  });
  const prepared = (over: Partial<ObservedContainer>) =>
    anObserved({ assignmentId: '', level: 'gate', ...over });

  test('leaves alone what was made for an assignment: its order will come again', () => {
    expect(kinds({ observed: [anObserved()] })).toEqual([]);
    expect(kinds({ targets: [target('gate')], observed: [prepared({ state: 'running' })] })).toEqual([]);
  });

  test.each([
    ['create', ['prepare'], ['created']],
    ['gate', ['prepare', 'start', 'await_gate'], ['waiting']],
    ['hold', ['prepare', 'start', 'await_held'], ['waiting']],
    ['start', ['prepare', 'start', 'await_ready'], ['running']],
    ['pause', ['prepare', 'start', 'await_ready', 'pause'], ['paused']],
  ] as const)('brings a container to %s and no further', (level, steps, end) => {
    const there = new Map<string, ObservedContainer>();
    const ready = new Set<string>();
    const done: string[] = [];
    const next = () => planned({ targets: [target(level)], observed: [...there.values()], ready });
    for (let round = next(); round.length > 0; round = next()) {
      for (const step of round) carryOut(step, there, ready);
      done.push(...round.map(({ kind }) => kind));
      expect(done.length).toBeLessThan(8);
    }
    expect(done).toEqual(steps);
    expect([...there.values()].map(({ state }) => state)).toEqual(end);
  });

  test('replaces what ended by itself, and removes what nobody asked for', () => {
    const targets = [target('gate')];
    expect(kinds({ targets, observed: [prepared({ state: 'dead' })] })).toEqual(['bury']);
    expect(kinds({ targets, observed: [prepared({ role: 'old', state: 'waiting' })] })).toEqual([
      'remove',
      'prepare',
    ]);
    const twice = [prepared({ state: 'waiting' }), prepared({ id: 'c2', state: 'waiting' })];
    expect(planned({ targets, observed: twice })).toEqual([{ kind: 'remove', id: 'c2', name: 'app' }]);
  });
});

/** Whether it gets its order once it is started: at its gate, or in its own program. */
function waitsForOrder(found: ObservedContainer | undefined, { prepare }: ContainerSpec): boolean {
  return prepare === 'hold' || ['gate', 'create'].includes(found?.level ?? '');
}

/** What a step does when it works, as Docker and the gate would show it afterwards. */
function carryOut(step: Step, there: Map<string, ObservedContainer>, ready: Set<string>): void {
  const change = (id: string, state: ObservedContainer['state']): void => {
    const before = there.get(id);
    if (before !== undefined) there.set(id, { ...before, state });
  };
  switch (step.kind) {
    case 'prepare': {
      const { container, level } = step.target;
      const id = `prepared-${container.name}`;
      there.set(id, anObserved({ id, name: container.name, assignmentId: '', level, state: 'created' }));
      return;
    }
    case 'create': {
      const id = `new-${step.container.name}`;
      there.set(id, anObserved({ id, name: step.container.name, state: 'created' }));
      return;
    }
    case 'start':
    case 'restart':
      return change(step.id, waitsForOrder(there.get(step.id), step.container) ? 'coming_up' : 'running');
    case 'stop':
      return change(step.id, 'ended');
    case 'await_gate':
    case 'await_held':
      return change(step.id, 'waiting');
    case 'release':
    case 'unpause':
      return change(step.id, 'running');
    case 'pause':
      return change(step.id, 'paused');
    case 'await_ready':
      ready.add(step.id);
      return;
    case 'remove':
    case 'bury':
    case 'fail':
      there.delete(step.id);
  }
}
