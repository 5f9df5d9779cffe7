import { randomUUID } from 'node:crypto';
import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { count, duration, instant, preset, required, text } from '../../proto/process/cli/options.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';

const minute = 60_000;

export const expectDemandCommand = command(
  {
    name: 'pools expect',
    summary: 'Announce requests, so that instances are READY when they come.',
    description:
      'Says that requests will come to a pool: a class that begins, a release. The instances are launched two lead times before, and kept until the requests have come or the time is over. Each request that comes is taken off. The limits of the pool hold.',
    options: {
      count: required(count('requests that will come; 0 takes an announcement back', { max: 100_000 })),
      at: instant('when they come (default: now)'),
      ttl: preset(
        duration('how long they are waited for after that', { min: minute, max: 1_440 * minute }),
        '15m',
      ),
      requestId: text('ID', 'names the announcement, to correct it later (default: made up)'),
      ...connectionOptions,
    },
    positionals: { pool: required(text('POOL', 'name of the pool')) },
    examples: ['parbake pools expect web --count 60 --at 2027-01-11T09:00:00Z --ttl 20m'],
    settingsFile,
  },
  async (values, context) => {
    const { pool, count: wanted, at, ttl, requestId = randomUUID() } = values;
    const time = at === undefined ? null : timeOf(at);
    await withCoordinator(values, context, ({ pools }) =>
      pools.expectDemand({ requestId, pool, count: wanted, time, ttl: durationOf(ttl) ?? null }),
    );
    context.stdout.write(
      values.json
        ? `${JSON.stringify({ pool, count: wanted, request_id: requestId })}\n`
        : `${pool}  ${wanted} expected  (${requestId})\n`,
    );
    return exitCodes.done;
  },
);
