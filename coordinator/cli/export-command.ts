import { eventName, eventState } from '../insight/events.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { onClock } from '../insight/timeline.ts';
import { chromeTrace } from '../insight/chrome-trace.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { shownDocument } from './documents.ts';
import { readInstance, type Shown } from './read-instance.ts';

const formats = ['jsonl', 'chrome-trace'] as const;
/** The most that the coordinator gives. */
const mostSamples = 10_000;

const help = `
Usage: parbake export INSTANCE [--format jsonl|chrome-trace] [options]

All that is known of one instance, on stdout. As JSON Lines (the default) each line is a record with a "type": instance,
assignment, span, pull, start, sample or event. As a Chrome trace it opens in Perfetto (ui.perfetto.dev) and
chrome://tracing; what was pulled at bake is not in it, since that may be weeks earlier.

Options:
  --format FORMAT         ${formats.join(' or ')}
  --from TIME, --to TIME  only what happened between, by the instance's clock: spans that reach into it, and what began in it
${connectionHelp}

Example:
  parbake export i-0123456789abcdef0 --format chrome-trace > trace.json
`;

export const exportCommand: Command = {
  name: 'export',
  summary: 'One instance as JSON Lines or as a Chrome trace.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake export', args, {
      ...connectionOptions,
      format: { type: 'string', default: 'jsonl' },
      from: { type: 'string' },
      to: { type: 'string' },
    });
    const [instanceId, ...rest] = positionals;
    if (instanceId === undefined || rest.length > 0)
      throw new ParbakeError('USAGE', 'export takes one INSTANCE');
    const format = formats.find((known) => known === values.format);
    if (format === undefined)
      throw new ParbakeError(
        'USAGE',
        `there is no format "${values.format}"; formats are ${formats.join(', ')}`,
      );
    const wanted = {
      maxSamples: mostSamples,
      from: timeFrom('--from', values.from),
      to: timeFrom('--to', values.to),
    };
    const shown = await withCoordinator(values, context, (clients) =>
      readInstance(clients, instanceId, wanted),
    );
    context.stdout.write(format === 'jsonl' ? jsonLines(shown) : `${JSON.stringify(traceOf(shown))}\n`);
    return exitCodes.done;
  },
};

/** @returns milliseconds since the epoch. @throws ParbakeError USAGE */
function timeFrom(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(given);
  const ms = isTime ? Date.parse(given) : NaN;
  if (Number.isNaN(ms))
    throw new ParbakeError('USAGE', `${option} takes a time such as 2026-11-21T14:03:00Z, not "${given}"`);
  return ms;
}

/** One record a line. */
export function jsonLines(shown: Shown): string {
  const { instance, assignment, spans, pulls, starts, samples, events } = shownDocument(shown);
  const each = (type: string, records: readonly object[]): object[] =>
    records.map((record) => ({ type, ...record }));
  return [
    ...each('instance', [instance]),
    ...each('assignment', assignment === null ? [] : [assignment]),
    ...each('span', spans),
    ...each('pull', pulls),
    ...each('start', starts),
    ...each('sample', samples),
    ...each('event', events),
  ]
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');
}

/** All on the coordinator's clock, which the changes of state are on. */
function traceOf({ instance, timeline, samples, events }: Shown) {
  const { offsetMs } = timeline.clock ?? { offsetMs: 0 };
  return chromeTrace({
    instanceId: instance.instanceId,
    spans: onClock(timeline.spans, offsetMs),
    pulls: timeline.pulls
      .filter(({ atBake }) => !atBake)
      .map(({ ref, startTime, pullMs, layers }) => ({
        ref,
        startMs: (millisecondsOf(startTime) ?? 0) + offsetMs,
        pullMs,
        layers,
      })),
    samples: samples.map(({ startUnixMs, io, ...sample }) => ({
      ...sample,
      startMs: startUnixMs + offsetMs,
      ...io,
    })),
    events: events.map((event) => ({
      at: millisecondsOf(event.time) ?? 0,
      event: eventName(event),
      state: eventState(event),
      reason: reasonText(event),
    })),
  });
}
