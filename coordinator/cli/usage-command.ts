import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import type { GetUsageRequest } from '../../proto/gen/parbake/v1/GetUsageRequest.ts';
import type { Usage__Output } from '../../proto/gen/parbake/v1/Usage.ts';
import { command } from '../../proto/process/cli/command.ts';
import { choice, duration, instant, preset, required, text } from '../../proto/process/cli/options.ts';
import { millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import { bytes } from '../insight/format.ts';
import { settingsFile, withCoordinator, type Clients } from './client.ts';
import { listOptions, listText, type Cell } from './listing.ts';

/** The API's largest page. */
const maxPage = 1_000;

const kinds = ['user', 'environment', 'role'] as const;

export const usageCommand = command(
  {
    name: 'usage',
    summary: 'Add up what assignments used, by user, environment or role.',
    description:
      'Prints how long assignments had instances, and what their containers used of processor, memory, disk and network, the longest first. An assignment counts as a whole, when it ends; one that has not ended counts as far as it has come. SAMPLED says how much of the time was measured.',
    options: {
      by: required(choice(kinds, 'what to add up by')),
      since: duration('only what ended in the last TIME, such as 30d, or has not ended'),
      from: instant('only what ended after this time, or has not ended'),
      to: instant('only what ended until this time'),
      user: preset(text('USER', 'only of this user'), ''),
      role: preset(text('ROLE', 'only of this role'), ''),
      environment: preset(text('NAME', 'only of this environment'), ''),
      ...listOptions,
    },
    positionals: {},
    examples: [
      'parbake usage --by user --since 30d',
      'parbake usage --by environment --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z',
    ],
    settingsFile,
  },
  async (values, context) => {
    const { by, user, role, environment, since, to } = values;
    if (since !== undefined && values.from !== undefined)
      throw new ParbakeError('USAGE', '--since and --from both say where to start: give one of them');
    const from = since === undefined ? values.from : Math.max(0, Date.now() - since);
    const request = {
      by: `USAGE_BY_${by.toUpperCase() as Uppercase<typeof by>}` as const,
      ...{ user, role, environment },
      ...(from === undefined ? {} : { startTime: timeOf(from) }),
      ...(to === undefined ? {} : { endTime: timeOf(to) }),
    };
    const usage = await withCoordinator(values, context, (clients) => readUsage(clients, request));
    const sorted = usage.toSorted((a, b) => instanceMs(b) - instanceMs(a));
    context.stdout.write(
      listText(values, {
        header: [by.toUpperCase(), 'ASSIGNMENTS', 'INSTANCE TIME', 'SAMPLED', 'CPU', 'PEAK MEMORY', ...moved],
        items: sorted,
        cellsOf,
        document: () => ({ by, usage: sorted.map((one) => usageDocument(by, one)) }),
      }),
    );
    return exitCodes.done;
  },
);

const moved = ['DISK READ', 'DISK WRITTEN', 'RECEIVED', 'SENT'];

async function readUsage(
  { assignments }: Pick<Clients, 'assignments'>,
  request: GetUsageRequest,
): Promise<Usage__Output[]> {
  const all: Usage__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await assignments.getUsage({ ...request, pageSize: maxPage, pageToken });
    all.push(...page.usage);
    pageToken = page.nextPageToken;
    if (pageToken === '') return all;
  }
}

function instanceMs({ instanceDuration }: Usage__Output): number {
  return millisecondsOf(instanceDuration) ?? 0;
}

function cellsOf(usage: Usage__Output): Cell[] {
  const ms = instanceMs(usage);
  const sampled = millisecondsOf(usage.sampledDuration) ?? 0;
  const cpuMs = millisecondsOf(usage.cpuDuration);
  const amount = (count: number | undefined): Cell =>
    count === undefined ? { text: '-', by: -1 } : { text: bytes(count), by: count };
  return [
    usage.key || '-',
    String(usage.assignments),
    { text: hours(ms), by: ms },
    ms === 0 ? '-' : `${Math.floor((100 * sampled) / ms)} %`,
    cpuMs === undefined ? { text: '-', by: -1 } : { text: hours(cpuMs), by: cpuMs },
    amount(usage.maxMemoryBytes),
    amount(usage.diskReadBytes),
    amount(usage.diskWriteBytes),
    amount(usage.networkReceiveBytes),
    amount(usage.networkTransmitBytes),
  ];
}

/** What is billed is compared: `26:03:09`. */
function hours(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function usageDocument(by: (typeof kinds)[number], usage: Usage__Output) {
  return {
    [by]: usage.key,
    assignments: usage.assignments,
    instance_seconds: instanceMs(usage) / 1000,
    sampled_seconds: (millisecondsOf(usage.sampledDuration) ?? 0) / 1000,
    cpu_seconds: secondsOf(usage),
    max_memory_bytes: usage.maxMemoryBytes,
    disk_read_bytes: usage.diskReadBytes,
    disk_write_bytes: usage.diskWriteBytes,
    network_receive_bytes: usage.networkReceiveBytes,
    network_transmit_bytes: usage.networkTransmitBytes,
  };
}

function secondsOf({ cpuDuration }: Usage__Output): number | undefined {
  const ms = millisecondsOf(cpuDuration);
  return ms === undefined ? undefined : ms / 1000;
}
