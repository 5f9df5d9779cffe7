import { eventName, eventState } from '../insight/events.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { command } from '../../proto/process/cli/command.ts';
import { choice, instant, preset, required, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { onClock } from '../insight/timeline.ts';
import { chromeTrace } from '../insight/chrome-trace.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { shownDocument } from './documents.ts';
import { readInstance, type Shown } from './read-instance.ts';

const formats = ['jsonl', 'chrome-trace'] as const;
/** The coordinator's limit. */
const mostSamples = 10_000;

export const exportCommand = command(
  {
    name: 'export',
    summary: 'Export one instance as JSON Lines or as a Chrome trace.',
    description: [
      'Prints everything that is known about one instance. As JSON Lines each line is a record with a "type": instance, assignment, span, pull, start, sample or event. A Chrome trace opens in Perfetto (ui.perfetto.dev) and chrome://tracing; it leaves out the pulls of the bake, which may be weeks older.',
    ].join('\n'),
    options: {
      format: preset(choice(formats, 'what to print'), 'jsonl'),
      from: instant(
        "only from this time on, by the instance's clock: spans that end later, and what began later",
      ),
      to: instant("only until this time, by the instance's clock"),
      ...connectionOptions,
    },
    positionals: { instance: required(text('INSTANCE', 'instance id')) },
    examples: ['parbake export i-0123456789abcdef0 --format chrome-trace > trace.json'],
    settingsFile,
  },
  async (values, context) => {
    const { instance: instanceId, format } = values;
    const wanted = {
      maxSamples: mostSamples,
      from: values.from,
      to: values.to,
    };
    const shown = await withCoordinator(values, context, (clients) =>
      readInstance(clients, instanceId, wanted),
    );
    context.stdout.write(format === 'jsonl' ? jsonLines(shown) : `${JSON.stringify(traceOf(shown))}\n`);
    return exitCodes.done;
  },
);

/** Writes one record on each line. */
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

/** Moves everything to the coordinator's clock, which the changes of state are on. */
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
    samples: samples.map((sample) => ({ ...sample, startMs: sample.startMs + offsetMs })),
    events: events.map((event) => ({
      at: millisecondsOf(event.time) ?? 0,
      event: eventName(event),
      state: eventState(event),
      reason: reasonText(event),
    })),
  });
}
