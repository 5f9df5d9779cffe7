import type { InstanceState } from '../instance-state.ts';
import { isGone } from '../instance-state.ts';
import type { Breaker, Outcome } from './breaker.ts';
import type { PoolSpec } from './pool-spec.ts';
import { isAlive, type MachineState, type Offering } from './provider.ts';
import type { PoolStatus } from './pool-status.ts';
import type { Phase, PhaseCounts } from './phase.ts';
import type { PastTarget } from './target.ts';

/** A machine of a pool, with what its agent told, as the store has both. Times are on the steady clock. */
export interface PoolMachine extends Offering {
  instanceId: string;
  specHash: string;
  zone: string;
  providerState: MachineState;
  /** When the store came to know it. */
  bound: number;
  /** Its tags named an assignment that this store does not have. */
  isProtected: boolean;
  /** Empty until it is decided that it ends. */
  endReason: string;
  /** Whether it became READY; absent until that is known. */
  outcome?: Outcome;
  /** Absent before its first check-in. */
  instance?: {
    state: InstanceState;
    connected: boolean;
    /** Its session has been closed for longer than it takes to open one. */
    isSilent: boolean;
    wasReady: boolean;
    sessionSteady: number;
  };
}

/** Everything that a plan for one pool is made from, as of one moment. */
export interface PoolView {
  spec: PoolSpec;
  specHash: string;
  /** The row's revision. A plan made from an older one is thrown away. */
  revision: number;
  isDeleted: boolean;
  /** Why it is paused; empty when it is not. */
  paused: string;
  /** The provider said that this specification can never launch. */
  broken?: { specHash: string; code: string; message: string };
  breaker: Breaker;
  past: readonly PastTarget[];
  /** What the last plan said. */
  status?: PoolStatus;
  machines: readonly PoolMachine[];
  /** Machines that calls without an answer may still bring. */
  open: readonly (Offering & { count: number })[];
  launchedLastHour: number;
  /** What must not be asked for now. */
  blocks: readonly { key: string; until: number; code: string }[];
  /** Requests that wait for one of its roles. */
  waiting: number;
}

export function phaseOf({ providerState, endReason, instance }: PoolMachine): Phase {
  if (!isAlive(providerState)) return 'gone';
  if (endReason !== '') return 'ending';
  if (instance === undefined) return 'expected';
  const { state, connected, isSilent } = instance;
  if (isGone(state)) return 'over';
  if (state === 'QUARANTINED') return 'quarantined';
  if (state === 'ASSIGNED' || state === 'DRAINING' || state === 'RELEASING') return 'assigned';
  // Between its check-in and its session, or two sessions, it is on its way.
  if (!connected) return isSilent ? 'silent' : 'preparing';
  return state === 'READY' ? 'ready' : 'preparing';
}

export function countPhases(machines: readonly PoolMachine[]): PhaseCounts {
  const counts: Record<Phase, number> = {
    expected: 0,
    preparing: 0,
    ready: 0,
    silent: 0,
    assigned: 0,
    quarantined: 0,
    over: 0,
    ending: 0,
    gone: 0,
  };
  for (const machine of machines) counts[phaseOf(machine)] += 1;
  return counts;
}
