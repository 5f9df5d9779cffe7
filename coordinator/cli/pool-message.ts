import type { PoolSpec as SpecMessage } from '../../proto/gen/parbake/v1/PoolSpec.ts';
import type { PoolFile } from '../../proto/pool/pool-file.ts';
import { durationOf, type ProtoTime } from '../../proto/wire/time.ts';

const forecastModes = {
  on: 'FORECAST_MODE_ON',
  watch: 'FORECAST_MODE_WATCH',
  off: 'FORECAST_MODE_OFF',
} as const;

/** A pool file as the API takes it. @param userData what the file names, read */
export function poolMessage({ idle, launch, replace, ...pool }: PoolFile, userData: string): SpecMessage {
  const { userDataFile: _, disk, ...made } = launch;
  return {
    ...pool,
    launchesPerHour: pool.launchesPerHour ?? 0,
    idle: {
      ...idle,
      max: idle.max ?? 0,
      hold: lengthOf(idle.hold),
      forecast: forecastMessage(idle.forecast),
    },
    launch: {
      ...made,
      offerings: made.offerings.map(({ market, instanceTypes, share }) => ({
        market: market === 'spot' ? 'MARKET_SPOT' : 'MARKET_ON_DEMAND',
        instanceTypes,
        ...(share === undefined ? {} : { share }),
      })),
      disk: disk ?? null,
      userData,
    },
    replace: {
      surge: replace.surge ?? 0,
      maxQuarantined: replace.maxQuarantined ?? 0,
      ...(replace.maxSilent === undefined ? {} : { maxSilent: replace.maxSilent }),
      maxAge: lengthOf(replace.maxAge),
      bootTimeout: lengthOf(replace.bootTimeout),
      prepareTimeout: lengthOf(replace.prepareTimeout),
    },
  };
}

function forecastMessage(forecast: PoolFile['idle']['forecast']) {
  if (forecast === undefined) return null;
  const { mode, quantile = 0, lead } = forecast;
  return { mode: forecastModes[mode], quantile, lead: lengthOf(lead) };
}

function lengthOf(ms: number | undefined): ProtoTime | null {
  return durationOf(ms) ?? null;
}
