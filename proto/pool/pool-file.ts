import { ParbakeError } from '../errors/errors.ts';
import { readSection, type Read, type SectionReader } from '../recipe/section.ts';
import { RecipeSource } from '../recipe/source.ts';
import { poolSection, weekdays } from './pool-keys.ts';

/** A pool as its file describes it. Lengths of time are milliseconds; what the file leaves out is undefined. */
export type PoolFile = ReturnType<typeof readPool>;

/**
 * Reads a pool file.
 * @param file its name in messages
 * @throws ParbakeError POOL_INVALID, with every mistake as `file:line:column`
 */
export function parsePoolFile(
  text: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): PoolFile {
  const source = new RecipeSource(text, (name) => env[name], 'the pool');
  const top =
    source.root === undefined || source.problems.length > 0
      ? undefined
      : readSection(source, source.root, 'the pool', poolSection);
  const pool = top === undefined ? undefined : readPool(source, top);
  if (pool !== undefined && source.problems.length === 0) return pool;
  const sorted = source.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const count = lines.length === 1 ? '' : `${lines.length} mistakes in the pool:\n  `;
  throw new ParbakeError('POOL_INVALID', `${count}${lines.join('\n  ')}`);
}

function readPool(source: RecipeSource, top: SectionReader<typeof poolSection.keys>) {
  const [idle, launch, replace] = [top.read('idle'), top.read('launch'), top.read('replace')];
  const max = top.read('max') ?? 0;
  const target = idle?.read('target') ?? 0;
  if (idle !== undefined && target > max && max > 0)
    source.problem(idle.place('target'), `idle.target ${target} is above max ${max}`);
  const idleMax = idle?.read('max');
  if (idle !== undefined && idleMax !== undefined && idleMax < target)
    source.problem(idle.place('max'), `idle.max ${idleMax} is below idle.target ${target}`);
  const disk = launch?.read('disk');
  const forecast = idle?.read('forecast');
  const quantile = forecast?.read('quantile');
  if (forecast !== undefined && quantile !== undefined && (quantile < 0.5 || quantile > 0.9999))
    source.problem(forecast.place('quantile'), 'forecast.quantile is not from 50% to 99.99%');
  return {
    name: top.read('name') ?? '',
    imageId: top.read('image') ?? '',
    roles: valuesOf(top.read('roles')),
    idle: {
      target,
      share: idle?.read('share') ?? 0,
      max: idleMax,
      hold: idle?.read('hold'),
      forecast:
        forecast === undefined
          ? undefined
          : { mode: forecast.read('mode') ?? 'on', quantile, lead: forecast.read('lead') },
      schedules: valuesOf(idle?.read('schedules')).map((schedule) => ({
        days: valuesOf(schedule.read('days')).map((day) => weekdays.indexOf(day)),
        fromMinute: schedule.read('from') ?? 0,
        untilMinute: schedule.read('until') ?? 0,
        timeZone: schedule.read('timezone') ?? 'UTC',
        target: schedule.read('target') ?? 0,
      })),
    },
    max,
    launchesPerHour: top.read('launches_per_hour'),
    launch: {
      offerings: valuesOf(launch?.read('offerings')).map((offering) => {
        const [market, part] = [offering.read('market') ?? 'on-demand', offering.read('share')];
        if (part !== undefined && market !== 'spot')
          source.problem(offering.place('share'), 'offering.share is for market: spot only');
        return { market, instanceTypes: valuesOf(offering.read('types')), share: part };
      }),
      subnetIds: valuesOf(launch?.read('subnets')),
      securityGroupIds: valuesOf(launch?.read('security_groups')),
      instanceProfile: launch?.read('instance_profile') ?? '',
      disk:
        disk === undefined
          ? undefined
          : {
              device: disk.read('device') ?? '',
              gib: disk.read('gib') ?? 0,
              type: disk.read('type') ?? '',
              iops: disk.read('iops') ?? 0,
              throughput: disk.read('throughput') ?? 0,
            },
      tags: Object.fromEntries((launch?.read('tags') ?? []).map(({ name, value }) => [name, value])),
      /** A path relative to the pool's. */
      userDataFile: launch?.read('user_data'),
    },
    replace: {
      maxAge: replace?.read('max_age'),
      surge: replace?.read('surge'),
      bootTimeout: replace?.read('boot_timeout'),
      prepareTimeout: replace?.read('prepare_timeout'),
      maxQuarantined: replace?.read('max_quarantined'),
      maxSilent: replace?.read('max_silent'),
    },
  };
}

function valuesOf<T>(items: readonly Read<T>[] | undefined): T[] {
  return (items ?? []).map(({ value }) => value);
}
