import type { InstanceState } from '../../core/instance-state.ts';
import { closedBreaker, type Breaker, type Outcome } from '../../core/pool/breaker.ts';
import {
  noForecast,
  usualMaxSilent,
  type IdleSpec,
  type PoolSpec,
  type ReplaceSpec,
} from '../../core/pool/pool-spec.ts';
import type { PoolStatus } from '../../core/pool/pool-status.ts';
import type { PoolMachine, PoolView } from '../../core/pool/pool-view.ts';
import type { MachineState, Market } from '../../core/pool/provider.ts';
import type { PastTarget } from '../../core/pool/target.ts';
import type { KnownPool } from '../pools.ts';
import { number, text, type Row } from './rows.ts';

// Rows of pools as domain objects. What is JSON in a column was written by this store from the same types.

/** @param row a pool's; one from before there was a key has its default */
export function specOf(row: Row): PoolSpec {
  const spec = JSON.parse(text(row, 'spec')) as PoolSpec;
  const forecast = (spec.idle as Partial<IdleSpec>).forecast ?? noForecast;
  const maxSilent = (spec.replace as Partial<ReplaceSpec>).maxSilent ?? usualMaxSilent;
  return { ...spec, idle: { ...spec.idle, forecast }, replace: { ...spec.replace, maxSilent } };
}

export function toKnownPool(row: Row): KnownPool {
  const status = text(row, 'status');
  return {
    spec: specOf(row),
    isDeleted: number(row, 'deleted') === 1,
    ...(status === '' ? {} : { status: JSON.parse(status) as PoolStatus }),
  };
}

type PoolColumns = Omit<PoolView, 'machines' | 'open' | 'launchedLastHour' | 'blocks' | 'waiting'>;

export function toPoolColumns(row: Row): PoolColumns {
  const [broken, breaker, specHash] = [text(row, 'broken'), text(row, 'breaker'), text(row, 'spec_hash')];
  const status = text(row, 'status');
  return {
    spec: specOf(row),
    specHash,
    revision: number(row, 'revision'),
    isDeleted: number(row, 'deleted') === 1,
    paused: text(row, 'paused'),
    ...(broken === '' ? {} : { broken: JSON.parse(broken) as NonNullable<PoolView['broken']> }),
    breaker: breaker === '' ? closedBreaker(specHash) : (JSON.parse(breaker) as Breaker),
    past: JSON.parse(text(row, 'past')) as PastTarget[],
    ...(status === '' ? {} : { status: JSON.parse(status) as PoolStatus }),
  };
}

/** Milliseconds from a check-in to its session, or from one session to the next, on a busy day. */
const sessionTakes = 5_000;

/** @param row a machine's, with the columns of its instance, which are NULL before its first check-in */
export function toPoolMachine(row: Row, steady: number): PoolMachine {
  const outcome = text(row, 'outcome');
  return {
    instanceId: text(row, 'instance_id'),
    specHash: text(row, 'spec_hash'),
    market: text(row, 'market') as Market,
    instanceType: text(row, 'instance_type'),
    subnetId: text(row, 'subnet_id'),
    zone: text(row, 'zone'),
    providerState: text(row, 'provider_state') as MachineState,
    bound: number(row, 'bound'),
    isProtected: number(row, 'protected') === 1,
    endReason: text(row, 'end_reason'),
    ...(outcome === '' ? {} : { outcome: outcome as Outcome }),
    ...(row['state'] === null
      ? {}
      : {
          instance: {
            state: text(row, 'state') as InstanceState,
            connected: number(row, 'connected') === 1,
            isSilent: number(row, 'connected') === 0 && steady - number(row, 'session_steady') > sessionTakes,
            wasReady: number(row, 'ready_time') > 0,
            sessionSteady: number(row, 'session_steady'),
          },
        }),
  };
}
