import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { parsePoolFile, type PoolFile } from '../../proto/pool/pool-file.ts';
import { command } from '../../proto/process/cli/command.ts';
import { count, duration, flag, preset, required, text } from '../../proto/process/cli/options.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { arrivalStep } from '../core/pool/forecast.ts';
import { noForecast, type IdleSpec } from '../core/pool/pool-spec.ts';
import { randomOf } from '../core/pool/seeded-random.ts';
import { simulate, traceOf, wantedBy, type Simulated } from '../core/pool/simulate.ts';
import { table } from '../insight/format.ts';
import { settingsFile } from './client.ts';

const [minute, day] = [60_000, 86_400_000];
/** Milliseconds that a simulation may last: more says nothing more about a pool. */
const maxSpan = 62 * day;

interface Policy {
  policy: string;
  result: Simulated;
}

export const simulatePoolCommand = command(
  {
    name: 'pools simulate',
    summary: 'Try a pool file against requests that came.',
    description: [
      'Says how many requests a pool would have answered at once, and for how many idle hours, beside the smallest pool of one size that does the same. It asks no coordinator and launches nothing.',
      'The file of arrivals has one time a line, RFC 3339 or seconds. The first part of it is what the forecast learns from, and does not count. Each request takes an instance for --session and never gives it back; one launch in a hundred never becomes READY.',
    ].join('\n'),
    options: {
      arrivals: required(text('FILE', 'when requests came, one time a line')),
      learn: duration('what does not count at the beginning (default: half of it, at most 14 days)', {
        max: maxSpan,
      }),
      session: preset(duration('how long a user keeps an instance', { min: minute, max: 7 * day }), '45m'),
      seed: preset(count('another one draws other lead times', { min: 1 }), 1),
      json: flag('print one JSON document'),
    },
    positionals: { file: required(text('FILE', 'pool file, such as pool.yaml')) },
    examples: ['parbake pools simulate pool.yaml --arrivals requests.txt'],
    settingsFile,
  },
  async (values, context) => {
    const { file, arrivals, session, seed } = values;
    const pool = parsePoolFile(await readRequiredText(file), file, context.env);
    const idle = idleOf(pool);
    const trace = traceOf(timesIn(await readRequiredText(arrivals), arrivals));
    const span = trace.counts.length * arrivalStep;
    const learn = values.learn ?? Math.min(span / 2, 14 * day);
    if (learn >= span) throw new ParbakeError('USAGE', '--learn leaves nothing of the arrivals to count');
    const run = (policy: string, wanted: Parameters<typeof simulate>[1]): Policy => {
      const { lead } = idle.forecast;
      const timeout = (pool.replace.bootTimeout ?? 5 * minute) + (pool.replace.prepareTimeout ?? 5 * minute);
      const machines = { lead, timeout, session, random: randomOf(seed) };
      return {
        policy,
        result: simulate(trace, wanted, idle.hold, machines, Math.floor(learn / arrivalStep)),
      };
    };
    const policies = [run('this file', wantedBy(trace, idle))];
    if (idle.forecast.mode !== 'on')
      policies.push(
        run('with a forecast of 99%', wantedBy(trace, { ...idle, forecast: { ...noForecast, mode: 'on' } })),
      );
    const hit = policies[0]?.result.hit ?? 1;
    const same = smallest(idle.max, (size) => run(`always ${size} READY`, () => size), hit);
    if (same !== undefined) policies.push(same);
    context.stdout.write(
      values.json ? `${JSON.stringify({ policies: policies.map(document) })}\n` : shown(policies),
    );
    return exitCodes.done;
  },
);

function idleOf({ idle, max }: PoolFile): IdleSpec {
  const { forecast, schedules, hold = 10 * minute } = idle;
  const { mode = 'off', quantile = noForecast.quantile, lead = noForecast.lead } = forecast ?? {};
  return {
    ...{ target: idle.target, share: idle.share, max: idle.max ?? max, hold },
    forecast: { mode, quantile, lead },
    schedules: schedules.map(({ fromMinute: from, untilMinute: until, ...each }) => ({
      ...each,
      from,
      until,
    })),
  };
}

/** @throws ParbakeError USAGE for a line that is not a time, and for times that are too far apart */
function timesIn(content: string, file: string): number[] {
  const times = content.split('\n').flatMap((line, index) => {
    const said = line.trim();
    if (said === '' || said.startsWith('#')) return [];
    const time = /^\d{1,12}(\.\d+)?$/.test(said) ? Number(said) * 1000 : Date.parse(said);
    if (Number.isNaN(time))
      throw new ParbakeError('USAGE', `${file}:${index + 1}: "${said.slice(0, 64)}" is not a time`);
    return [time];
  });
  if (times.length < 2) throw new ParbakeError('USAGE', `${file} has fewer than two times`);
  const span = times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b));
  if (span > maxSpan) throw new ParbakeError('USAGE', `the times of ${file} are more than 62 days apart`);
  return times;
}

/** The smallest pool of one size that reaches a hit rate. @returns undefined when none up to `max` does */
function smallest(max: number, run: (size: number) => Policy, hit: number): Policy | undefined {
  let [low, high, found] = [1, max, undefined as Policy | undefined];
  while (low <= high) {
    const size = Math.floor((low + high) / 2);
    const tried = run(size);
    if (tried.result.hit >= hit) [found, high] = [tried, size - 1];
    else low = size + 1;
  }
  return found;
}

function shown(policies: readonly Policy[]): string {
  const rows = policies.map(({ policy, result }) => {
    const { hit, idleHoursPerDay, launchesPerDay, unusedPerDay } = result;
    return [
      policy,
      `${(100 * hit).toFixed(2)} %`,
      ...[idleHoursPerDay, launchesPerDay, unusedPerDay].map((each) => each.toFixed(1)),
    ];
  });
  return table(['POOL', 'AT ONCE', 'IDLE H/DAY', 'LAUNCHES/DAY', 'UNUSED/DAY'], rows);
}

function document({ policy, result }: Policy) {
  const { hit, idleHoursPerDay, launchesPerDay, unusedPerDay } = result;
  return {
    policy,
    hit_rate: hit,
    idle_hours_per_day: idleHoursPerDay,
    launches_per_day: launchesPerDay,
    unused_per_day: unusedPerDay,
  };
}
