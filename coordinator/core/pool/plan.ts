import { breakerAfter, closedBreaker, type Breaker, type Outcome } from './breaker.ts';
import { ago, necessaryEnds, newOutcomes, type End } from './endings.ts';
import type { Forecast } from './forecast.ts';
import { explain, type Sizes, type Wanted } from './explain.ts';
import { frozen, spread, type OfferingHealth } from './launch-plan.ts';
import { countPhases, phaseOf, type PoolMachine, type PoolView } from './pool-view.ts';
import type { PoolStatus } from './pool-status.ts';
import type { LaunchRequest } from './provider.ts';
import { silenceOf } from './silence.ts';
import { targetOf, unheldOf, withinHold, type PastTarget } from './target.ts';

export interface PlanMoment {
  steady: number;
  /** When this coordinator started. */
  started: number;
  /** Milliseconds after the start in which agents are still coming back: nobody counts as silent. */
  settling: number;
}

export interface PlanInputs extends PlanMoment {
  fleetId: string;
  /** The provider's whole list was read since the start: nothing is ended before. */
  hasListed: boolean;
  /** What the pool's schedules say now. */
  scheduled: number;
  /** What callers said will come, and has not come yet. */
  announced: number;
  /** Absent where the pool has none. */
  forecast?: Forecast;
  /** 64 ASCII characters at most, never the same. */
  newId: () => string;
}

/** What to commit for one pool. */
export interface Plan {
  launches: readonly LaunchRequest[];
  ends: readonly End[];
  outcomes: readonly { instanceId: string; outcome: Outcome }[];
  breaker: Breaker;
  past: readonly PastTarget[];
  status: PoolStatus;
  /** Nothing of a deleted pool is left. */
  isOver: boolean;
}

/** Part of a pool that ends in one round because it is not needed. */
const endsPerRound = 0.1;

/** What a pool needs now. The same inputs give the same plan. */
export function planPool(view: PoolView, inputs: PlanInputs): Plan {
  const { spec, specHash, machines, open, isDeleted } = view;
  const isSettling = inputs.steady - inputs.started < inputs.settling;
  const alive = machines.filter((machine) => phaseOf(machine) !== 'gone');
  const silence = silenceOf(alive, inputs.steady);
  const isHeld = isSettling || silence.isMass || !inputs.hasListed;
  const ends = inputs.hasListed ? necessaryEnds(view, inputs, isHeld) : [];
  const outcomes = newOutcomes(view, ends);
  const breaker = breakerAfter(
    view.breaker.specHash === specHash ? view.breaker : closedBreaker(specHash),
    outcomes.filter(({ isCurrent }) => isCurrent).map(({ outcome }) => outcome),
    inputs.steady,
  );
  const ending = new Set(ends.map(({ instanceId }) => instanceId));
  const kept = alive.filter(({ instanceId }) => !ending.has(instanceId));
  const counts = countPhases(kept);
  const past = withinHold(view.past, spec.idle.hold, inputs.steady);
  const held = Math.max(0, ...past.map(({ value }) => value));
  const { scheduled: schedule, announced, forecast } = inputs;
  const { recent = 0, history = 0 } = forecast ?? {};
  const target = targetOf(spec.idle, counts.assigned, { schedule, announced, recent, history, held });
  const unheld = unheldOf(target, spec.idle);
  const launching = open.reduce((sum, { count }) => sum + count, 0);
  const isOutdated = (machine: PoolMachine): boolean =>
    machine.specHash !== specHash || ago(inputs, machine.bound) > maxAgeOf(machine, spec.replace.maxAge);
  const ready = kept.filter(
    (machine) => phaseOf(machine) === 'ready' || (isSettling && isReadyButSilent(machine)),
  );
  const coming = kept.filter(
    (machine) => ['expected', 'preparing'].includes(phaseOf(machine)) && !ready.includes(machine),
  );
  const outdated = ready.filter(isOutdated);
  const sizes: Sizes = {
    target: isDeleted ? { ...target, value: 0 } : target,
    waiting: isDeleted ? 0 : view.waiting,
    ready: ready.length,
    coming: coming.length + launching,
    outdated: outdated.length,
    surge: isDeleted
      ? 0
      : Math.min(outdated.length, Math.max(1, Math.ceil(spec.replace.surge * target.value))),
    alive: alive.length + launching,
    allowance: Math.min(counts.silent, Math.ceil(spec.max * spec.replace.maxSilent)),
    max: spec.max,
    leftThisHour: Math.max(0, spec.launchesPerHour - view.launchedLastHour),
  };
  const health: OfferingHealth = {
    blocked: new Set(view.blocks.map(({ key }) => key)),
    silentSubnets: silence.subnets,
    alive: aliveBySubnet(kept, open),
    markets: marketsOf(kept, open),
  };
  const wanted = wantedLaunches(view, sizes, breaker, inputs.steady);
  const asks = spread(spec, wanted.launches, health);
  const surplus = surplusEnds(view, sizes, ready, isOutdated, isHeld);
  return {
    launches: asks.map((ask) => frozen({ spec, specHash, fleetId: inputs.fleetId }, ask, inputs.newId)),
    ends: [...ends, ...surplus],
    outcomes: outcomes.map(({ instanceId, outcome }) => ({ instanceId, outcome })),
    breaker,
    past: pastWith(past, unheld, inputs.steady),
    status: explain({
      view,
      sizes,
      counts,
      breaker,
      launching,
      wanted,
      isStarved: wanted.launches > 0 && asks.length === 0,
      silence,
      ...(forecast === undefined ? {} : { forecast }),
    }),
    isOver: isDeleted && alive.length + launching === 0,
  };
}

function isReadyButSilent({ instance }: PoolMachine): boolean {
  return instance?.state === 'READY' && !instance.connected;
}

/** Ages differ by a fifth, so that a pool that was launched at once is not replaced at once. */
function maxAgeOf({ instanceId }: PoolMachine, maxAge: number): number {
  let hash = 0;
  for (const character of instanceId) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1000;
  return maxAge * (0.8 + (0.2 * hash) / 1000);
}

/** Launches for what is missing, within every limit. */
function wantedLaunches(view: PoolView, sizes: Sizes, breaker: Breaker, steady: number): Wanted {
  const { target, waiting, ready, coming, surge, alive, allowance, max, leftThisHour } = sizes;
  const missing = Math.max(0, target.value + waiting + surge - ready - coming);
  const isBroken = view.broken?.specHash === view.specHash;
  if (view.paused !== '' || isBroken || view.isDeleted) return { launches: 0, missing };
  const within = Math.max(0, Math.min(missing, max + allowance - alive, leftThisHour));
  if (breaker.probeAt === 0) return { launches: within, missing };
  // One machine at a time shows whether the image works by now.
  const mayProbe = steady >= breaker.probeAt && coming === 0;
  return { launches: mayProbe ? Math.min(within, 1) : 0, missing };
}

/** READY machines above the target, outdated and old ones first. */
function surplusEnds(
  view: PoolView,
  { target, waiting, ready: count }: Sizes,
  ready: readonly PoolMachine[],
  isOutdated: (machine: PoolMachine) => boolean,
  isHeld: boolean,
): End[] {
  if (!view.isDeleted && (isHeld || view.paused !== '')) return [];
  const surplus = Math.max(0, count - target.value - waiting);
  const atOnce = view.isDeleted ? surplus : Math.min(surplus, Math.max(1, Math.ceil(count * endsPerRound)));
  const order = ready
    .filter(({ isProtected }) => !isProtected)
    .toSorted((a, b) => Number(isOutdated(b)) - Number(isOutdated(a)) || a.bound - b.bound);
  const unready = view.isDeleted
    ? view.machines.filter(
        (machine) => ['expected', 'preparing', 'silent'].includes(phaseOf(machine)) && !machine.isProtected,
      )
    : [];
  return [...order.slice(0, atOnce), ...unready].map((machine) => ({
    instanceId: machine.instanceId,
    reason: view.isDeleted
      ? 'POOL_DELETED: its pool was deleted'
      : isOutdated(machine)
        ? 'OUTDATED: the pool has another image, other settings, or it is too old'
        : `SURPLUS: the pool wants ${target.value} READY`,
  }));
}

function marketsOf(machines: readonly PoolMachine[], open: PoolView['open']): OfferingHealth['markets'] {
  const all = [...machines.map(({ market }) => ({ market, count: 1 })), ...open];
  const sum = (found: typeof all): number => found.reduce((total, { count }) => total + count, 0);
  return { spot: sum(all.filter(({ market }) => market === 'spot')), all: sum(all) };
}

function aliveBySubnet(
  machines: readonly PoolMachine[],
  open: PoolView['open'],
): ReadonlyMap<string, number> {
  const alive = new Map<string, number>();
  const add = (subnetId: string, count: number): void =>
    void alive.set(subnetId, (alive.get(subnetId) ?? 0) + count);
  for (const { subnetId } of machines) add(subnetId, 1);
  for (const { subnetId, count } of open) add(subnetId, count);
  return alive;
}

/** One entry a minute is enough to hold a target for minutes. */
function pastWith(past: readonly PastTarget[], value: number, steady: number): readonly PastTarget[] {
  const last = past.at(-1);
  if (last !== undefined && last.value === value && last.at > steady - 60_000) return past;
  return [...past, { at: steady, value }];
}
