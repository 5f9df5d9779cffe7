import { createHash } from 'node:crypto';
import type { ApplyPoolsRequest__Output } from '../../../proto/gen/parbake/v1/ApplyPoolsRequest.ts';
import type { PoolForecast__Output } from '../../../proto/gen/parbake/v1/PoolForecast.ts';
import type { PoolIdle__Output } from '../../../proto/gen/parbake/v1/PoolIdle.ts';
import type { PoolLaunch__Output } from '../../../proto/gen/parbake/v1/PoolLaunch.ts';
import type { PoolReplace__Output } from '../../../proto/gen/parbake/v1/PoolReplace.ts';
import type { PoolSpec__Output } from '../../../proto/gen/parbake/v1/PoolSpec.ts';
import {
  launchParts,
  noForecast,
  usualMaxSilent,
  type ForecastSpec,
  type IdleSpec,
  type LaunchSpec,
  type PoolSpec,
  type ReplaceSpec,
  type Schedule,
} from '../../core/pool/pool-spec.ts';
import type { AppliedPool } from '../../store/pools.ts';
import { atMost, durationFromProto, enumFromProto, invalid, readAll, readEach, refused } from './parts.ts';

const markets = { MARKET_ON_DEMAND: 'on-demand', MARKET_SPOT: 'spot' } as const;
const forecastModes = {
  FORECAST_MODE_UNSPECIFIED: 'on',
  FORECAST_MODE_OFF: 'off',
  FORECAST_MODE_WATCH: 'watch',
  FORECAST_MODE_ON: 'on',
} as const;
const minute = 60_000;
const day = 1_440 * minute;
/** Bytes of an operator's own user data: EC2 takes 16 KiB, and ours comes before it. */
const maxUserData = 12 * 1024;
/** Machines of one pool. */
const maxMachines = 100_000;

/** @throws ParbakeError REQUEST_INVALID, POOL_INVALID */
export function poolsFromProto({ pools }: ApplyPoolsRequest__Output): AppliedPool[] {
  if (pools.length === 0) throw invalid('pools', 'is empty');
  const applied = readEach(atMost('pools', pools, 1_000), (message, index) => {
    const spec = poolFromProto(`pools[${index}]`, message);
    const specHash = createHash('sha256').update(launchParts(spec)).digest('hex').slice(0, 16);
    return { spec, specHash };
  });
  const names = applied.map(({ spec }) => spec.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid('pools', `has "${twice}" twice`);
  return applied;
}

function poolFromProto(field: string, message: PoolSpec__Output): PoolSpec {
  const spec = readAll({
    name: () => formed(`${field}.name`, message.name, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
    imageId: () => formed(`${field}.image_id`, message.imageId, /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/),
    roles: () =>
      readEach(atMost(`${field}.roles`, message.roles, 100), (role, index) =>
        formed(`${field}.roles[${index}]`, role, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
      ),
    max: () => within(`${field}.max`, message.max, 1, maxMachines),
    launchesPerHour: () =>
      within(`${field}.launches_per_hour`, message.launchesPerHour || 300, 1, maxMachines),
    idle: () => idleFromProto(`${field}.idle`, message.idle, message.max),
    launch: () => launchFromProto(`${field}.launch`, message.launch),
    replace: () => replaceFromProto(`${field}.replace`, message.replace),
  });
  const { idle, max } = spec;
  const wrong = Math.max(idle.target, ...idle.schedules.map(({ target }) => target)) > idle.max;
  if (wrong) throw invalid(`${field}.idle.max`, `is ${idle.max}, below a target`);
  if (idle.max > max) throw invalid(`${field}.idle.max`, `is ${idle.max}, above max ${max}`);
  return spec;
}

function idleFromProto(field: string, message: PoolIdle__Output | null, max: number): IdleSpec {
  if (message === null) throw invalid(field, 'is required');
  return readAll({
    target: () => within(`${field}.target`, message.target, 0, maxMachines),
    share: () => within(`${field}.share`, message.share, 0, 1),
    max: () => within(`${field}.max`, message.max || max, 0, maxMachines),
    hold: () => duration(`${field}.hold`, message.hold, { usual: 10 * minute, min: 0, max: day }),
    forecast: () => forecastFromProto(`${field}.forecast`, message.forecast),
    schedules: () =>
      readEach(atMost(`${field}.schedules`, message.schedules, 100), (schedule, index): Schedule => {
        const at = `${field}.schedules[${index}]`;
        return readAll({
          days: () => {
            if (schedule.days.length === 0) throw invalid(`${at}.days`, 'is empty');
            return readEach(schedule.days, (each) => within(`${at}.days`, each, 0, 6));
          },
          from: () => within(`${at}.from_minute`, schedule.fromMinute, 0, 1_439),
          until: () => within(`${at}.until_minute`, schedule.untilMinute, 0, 1_439),
          timeZone: () => zone(`${at}.time_zone`, schedule.timeZone || 'UTC'),
          target: () => within(`${at}.target`, schedule.target, 0, maxMachines),
        });
      }),
  });
}

function forecastFromProto(field: string, message: PoolForecast__Output | null): ForecastSpec {
  if (message === null) return noForecast;
  return readAll({
    mode: () => forecastModes[enumFromProto(`${field}.mode`, message.mode)],
    quantile: () => within(`${field}.quantile`, message.quantile || 0.99, 0.5, 0.9999),
    lead: () => duration(`${field}.lead`, message.lead, { usual: 100_000, min: 10_000, max: 30 * minute }),
  });
}

function launchFromProto(field: string, message: PoolLaunch__Output | null): LaunchSpec {
  if (message === null) throw invalid(field, 'is required');
  const { disk, userData } = message;
  if (message.offerings.length === 0) throw invalid(`${field}.offerings`, 'is empty');
  if (message.subnetIds.length === 0) throw invalid(`${field}.subnet_ids`, 'is empty');
  const spec = readAll({
    offerings: () =>
      readEach(atMost(`${field}.offerings`, message.offerings, 10), (offering, index) => {
        const at = `${field}.offerings[${index}]`;
        const market = enumFromProto(`${at}.market`, offering.market);
        if (market === 'MARKET_UNSPECIFIED') throw invalid(`${at}.market`, 'is required');
        if (offering.instanceTypes.length === 0) throw invalid(`${at}.instance_types`, 'is empty');
        return {
          market: markets[market],
          instanceTypes: readEach(offering.instanceTypes, (type) =>
            formed(`${at}.instance_types`, type, /^[a-z0-9][a-z0-9.-]{0,31}$/),
          ),
          ...shareFromProto(`${at}.share`, market, offering.share),
        };
      }),
    subnetIds: () =>
      readEach(atMost(`${field}.subnet_ids`, message.subnetIds, 20), (id, index) =>
        formed(`${field}.subnet_ids[${index}]`, id, /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/),
      ),
    securityGroupIds: () =>
      readEach(atMost(`${field}.security_group_ids`, message.securityGroupIds, 16), (id, index) =>
        formed(`${field}.security_group_ids[${index}]`, id, /^sg-[0-9a-f]{1,32}$/),
      ),
    instanceProfile: () =>
      formed(`${field}.instance_profile`, message.instanceProfile, /^[\w+=,.@-]{0,128}$/),
    disk: () =>
      disk === null
        ? undefined
        : {
            device: formed(`${field}.disk.device`, disk.device, /^\/dev\/[a-z0-9]{1,32}$/),
            gib: within(`${field}.disk.gib`, disk.gib, 1, 65_536),
            type: formed(`${field}.disk.type`, disk.type || 'gp3', /^[a-z0-9]{1,16}$/),
            iops: within(`${field}.disk.iops`, disk.iops, 0, 256_000),
            throughput: within(`${field}.disk.throughput`, disk.throughput, 0, 4_000),
          },
    tags: () => tags(`${field}.tags`, message.tags),
    userData: () => {
      if (Buffer.byteLength(userData) > maxUserData)
        throw invalid(`${field}.user_data`, `has more than ${maxUserData} bytes`);
      return userData;
    },
  });
  const { disk: read, ...others } = spec;
  return read === undefined ? others : { ...others, disk: read };
}

function shareFromProto(field: string, market: string, share: number | undefined): { share?: number } {
  if (share === undefined) return {};
  if (market !== 'MARKET_SPOT') throw invalid(field, 'is for MARKET_SPOT only');
  return { share: within(field, share, 0, 1) };
}

function replaceFromProto(field: string, message: PoolReplace__Output | null): ReplaceSpec {
  return readAll({
    maxAge: () =>
      duration(`${field}.max_age`, message?.maxAge ?? null, {
        usual: 14 * day,
        min: 60 * minute,
        max: 365 * day,
      }),
    surge: () => within(`${field}.surge`, message?.surge || 0.1, 0, 1),
    bootTimeout: () =>
      duration(`${field}.boot_timeout`, message?.bootTimeout ?? null, {
        usual: 5 * minute,
        min: minute / 2,
        max: 60 * minute,
      }),
    prepareTimeout: () =>
      duration(`${field}.prepare_timeout`, message?.prepareTimeout ?? null, {
        usual: 5 * minute,
        min: minute / 2,
        max: day,
      }),
    maxQuarantined: () => within(`${field}.max_quarantined`, message?.maxQuarantined || 2, 1, 100),
    maxSilent: () => within(`${field}.max_silent`, message?.maxSilent ?? usualMaxSilent, 0, 1),
  });
}

function tags(field: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(given);
  // EC2 takes 50, and four are ours.
  if (entries.length > 40) throw invalid(field, 'has more than 40 entries');
  for (const [key, value] of entries) {
    formed(`${field} key`, key, /^(?!parbake:|aws:)[\w .:/=+@-]{1,128}$/i);
    formed(`${field}["${key}"]`, value, /^[^\0]{0,256}$/);
  }
  return { ...given };
}

function zone(field: string, timeZone: string): string {
  formed(field, timeZone, /^[A-Za-z0-9_+/-]{1,64}$/);
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw invalid(field, `"${timeZone}" is not a time zone`);
  }
}

function duration(
  field: string,
  value: Parameters<typeof durationFromProto>[1],
  { usual, min, max }: { usual: number; min: number; max: number },
): number {
  return within(field, durationFromProto(field, value) ?? usual, min, max, ' ms');
}

function within(field: string, value: number, min: number, max: number, unit = ''): number {
  if (value >= min && value <= max) return value;
  throw invalid(field, `is ${value}, not from ${min} to ${max}${unit}`);
}

function formed(field: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw refused([{ field, description: `"${value.slice(0, 128)}" is invalid` }], 'POOL_INVALID');
}
