import type { Pool as PoolMessage } from '../../proto/gen/parbake/v1/Pool.ts';
import type { PoolSpec as SpecMessage } from '../../proto/gen/parbake/v1/PoolSpec.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { PoolSpec } from '../core/pool/pool-spec.ts';
import type { Moment } from '../core/model.ts';
import type { KnownPool } from '../store/pools.ts';

/** @param explained undefined for the pool without its terms and problems; otherwise the present moment */
export function poolMessage({ spec, isDeleted, status }: KnownPool, explained?: Moment): PoolMessage {
  const base = { spec: specMessage(spec) };
  if (status === undefined)
    return { ...base, condition: isDeleted ? 'POOL_CONDITION_DELETING' : 'POOL_CONDITION_UNSPECIFIED' };
  const { condition, counts, target, launching, outdated, terms, problems } = status;
  const { ready, expected, preparing, assigned, silent, quarantined, ending, over } = counts;
  return {
    ...base,
    condition: `POOL_CONDITION_${isDeleted ? 'DELETING' : condition}`,
    ...{ target, ready, expected, preparing, launching, assigned, silent, quarantined, outdated },
    ending: ending + over,
    ...(explained === undefined
      ? {}
      : {
          terms: [...terms],
          problems: problems.map(({ code, message, until }) => ({
            code,
            message,
            // The steady clock is this process's own.
            expireTime: until === 0 ? null : timeOf(explained.now + until - explained.steady),
          })),
        }),
  };
}

const forecastModes = {
  on: 'FORECAST_MODE_ON',
  watch: 'FORECAST_MODE_WATCH',
  off: 'FORECAST_MODE_OFF',
} as const;

function specMessage({ idle, launch, replace, ...spec }: PoolSpec): SpecMessage {
  return {
    ...spec,
    roles: [...spec.roles],
    idle: {
      ...idle,
      hold: durationOf(idle.hold),
      forecast: {
        mode: forecastModes[idle.forecast.mode],
        quantile: idle.forecast.quantile,
        lead: durationOf(idle.forecast.lead),
      },
      schedules: idle.schedules.map(({ from, until, days, ...schedule }) => ({
        ...schedule,
        days: [...days],
        fromMinute: from,
        untilMinute: until,
      })),
    },
    launch: {
      ...launch,
      offerings: launch.offerings.map(({ market, instanceTypes, share }) => ({
        market: market === 'spot' ? 'MARKET_SPOT' : 'MARKET_ON_DEMAND',
        instanceTypes: [...instanceTypes],
        ...(share === undefined ? {} : { share }),
      })),
      subnetIds: [...launch.subnetIds],
      securityGroupIds: [...launch.securityGroupIds],
      tags: { ...launch.tags },
      disk: launch.disk ?? null,
      // It may hold what not everybody who looks at a pool should read.
      userData: '',
    },
    replace: {
      surge: replace.surge,
      maxQuarantined: replace.maxQuarantined,
      maxSilent: replace.maxSilent,
      maxAge: durationOf(replace.maxAge),
      bootTimeout: durationOf(replace.bootTimeout),
      prepareTimeout: durationOf(replace.prepareTimeout),
    },
  };
}
