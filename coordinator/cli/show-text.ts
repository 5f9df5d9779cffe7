import { eventName, eventState } from '../insight/events.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import type { IoCounters__Output } from '../../proto/gen/parbake/v1/IoCounters.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import type { Shown } from './read-instance.ts';
import { imageHits, layerHits, pageCacheHit, type Hits } from '../insight/cache-hits.ts';
import { bytes, clockText, printable, rate, stateName, table, time } from '../insight/format.ts';
import { sparklines } from './sparkline.ts';
import { layerParts, pullEndMs, workedMs, type LayerTimes } from '../insight/layer-parts.ts';
import { phasesOf } from '../insight/phases.ts';
import { coverageOf } from '../insight/start-reads.ts';
import { isImdsExposed } from './imds-exposed.ts';
import { phaseText } from './phase-text.ts';
import { waterfall } from './waterfall.ts';

/** Rows of one table. */
const maxRows = 100;
/** Layers of one pull that get a line. The rest are counted. */
const maxLayers = 12;

/**
 * Formats the output of `parbake show`.
 * @param columns of the terminal
 * @param isFine whether it can draw more than ASCII
 */
export function showText(
  { instance, assignment, timeline, samples, events }: Shown,
  columns: number,
  isFine: boolean,
): string {
  const { facts, ec2 } = instance;
  const lines = [
    [
      'instance',
      `${instance.instanceId}  ${stateName(instance.state)}${instance.connected ? '' : ', not connected'}`,
    ],
    ['reason', reasonText(instance)],
    ['roles', instance.roles.map(roleText).join(', ')],
    ['engine', facts?.engineId ?? ''],
    ['docker', facts?.engineVersion ?? ''],
    [
      'machine',
      [facts?.instanceType, facts?.os, `${facts?.cpus ?? 0} CPUs`, bytes(facts?.memoryBytes ?? 0)]
        .filter(Boolean)
        .join(', '),
    ],
    ['address', facts?.privateIpv4 ?? ''],
    ['clock', timeline.clock === null ? '' : clockText(timeline.clock)],
    ['ec2', [ec2?.state, ec2?.imageId, ec2?.instanceType, ec2?.availabilityZone].filter(Boolean).join(', ')],
    ['assignment', assignment === null ? '' : `${assignment.assignmentId}  ${stateName(assignment.state)}`],
    ['user', [assignment?.user, assignment?.environment].filter(Boolean).join(', ')],
    [
      'endpoints',
      (assignment?.endpoints ?? [])
        .map(({ container, host, port }) => `${container} ${host}:${port}`)
        .join(', '),
    ],
  ];
  const facet = lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${(name ?? '').padEnd(11)} ${printable(value ?? '')}\n`)
    .join('');
  const pulls = timeline.pulls.map((pull) => [
    pull.ref,
    bytes(pull.sizeBytes),
    time(pull.pullMs),
    layerCount(pull.layers),
    [pull.atBake ? 'at bake' : 'here', ...retried(pull.retries.length)].join(', '),
  ]);
  const layers = timeline.pulls
    .slice(0, maxRows)
    .flatMap(({ ref, layers: all }) => layerLines(ref, all, columns));
  const optional = (ms: number | undefined): string => (ms === undefined ? '' : time(ms));
  const starts = timeline.starts.map((start) => [
    start.name,
    start.prepared,
    optional(start.createMs),
    optional(start.startMs),
    optional(start.execMs),
    optional(start.readyMs),
    start.error,
  ]);
  const moved = timeline.spans
    .filter(({ parentId, io }) => parentId === '' && io !== null)
    .map(({ name, io }) => [name, ...movedCells(io)]);
  const movedByContainers = timeline.spans
    .filter(({ containerIo }) => containerIo !== null)
    .map(({ name, attributes, containerIo }) => [
      `${name} ${attributes['container.name'] ?? ''}`,
      ...movedCells(containerIo),
    ]);
  const sections = [
    facet,
    `TIMELINE (each block has an axis of its own: its first bar is the time beside it)\n${waterfall(timeline.spans, columns, isFine)}`,
    ...phasesOf(timeline.spans).map((phase) => phaseText(phase, columns, isFine)),
    eventTable(events),
    pulls.length === 0 ? '' : folded(['PULL', 'SIZE', 'TIME', 'LAYERS', 'WHERE'], pulls),
    layers.length === 0 ? '' : `LAYERS (. wait, = download, # extraction)\n${layers.join('')}`,
    starts.length === 0
      ? ''
      : folded(['CONTAINER', 'PREPARED', 'CREATE', 'START', 'EXEC', 'READY', ''], starts),
    readsTable(timeline.reads),
    cacheTable(timeline),
    moved.length === 0 ? '' : folded(['I/O', ...movedColumns], moved),
    movedByContainers.length === 0 ? '' : folded(["THE CONTAINER'S OWN", ...movedColumns], movedByContainers),
    samples.length === 0 ? '' : `OVER TIME (peak at the right)\n${sparklines(samples, columns, isFine)}`,
  ];
  return sections.filter((section) => section !== '').join('\n');
}

const movedColumns = ['DISK READ', 'WRITTEN', 'NET RECEIVED', 'SENT'];

function movedCells(io: IoCounters__Output | null): string[] {
  return [io?.diskReadBytes, io?.diskWriteBytes, io?.networkReceiveBytes, io?.networkTransmitBytes].map(
    (count) => (count === undefined ? '-' : bytes(count)),
  );
}

function layerCount(layers: Shown['timeline']['pulls'][number]['layers']): string {
  const there = layers.filter(({ cached }) => cached).length;
  return there === 0 ? `${layers.length}` : `${layers.length}, ${there} there`;
}

function retried(count: number): string[] {
  return count === 0 ? [] : [count === 1 ? '1 retry' : `${count} retries`];
}

/** Shows how well the recording fits what each start used. Empty when nothing was recorded. */
function readsTable(all: Shown['timeline']['reads']): string {
  if (all.length === 0) return '';
  const rows = all.map((reads) => {
    if (reads.unwatched !== '') return [reads.role, '', '', '', reads.unwatched];
    const { recall, isRecallBound, precision } = coverageOf(reads);
    const { length: files } = reads.missedFiles;
    return [
      reads.role,
      recall === undefined ? '' : `${isRecallBound ? 'at most ' : ''}${percent(recall)}`,
      precision === undefined ? '' : percent(precision),
      `${bytes(reads.missedBytes)} in ${files} file${files === 1 ? '' : 's'}`,
      reads.leftOut === 0 ? '' : `${reads.leftOut} left out`,
    ];
  });
  return folded(['READ AHEAD', 'RECALL', 'PRECISION', 'MISSED', ''], rows);
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

/** Shows cache hits: images and layers on the disk, and pages in memory. */
function cacheTable({ starts, pulls, reads, spans }: Shown['timeline']): string {
  const ratio = (cache: string, { hits, of }: Hits): string[][] =>
    of === 0 ? [] : [[cache, percent(hits / of), `${hits} of ${of}`]];
  const inMemory = reads.flatMap((read) => {
    const hit = pageCacheHit(read, spans);
    return hit === undefined ? [] : [['page cache', percent(hit), `of what ${read.role} used`]];
  });
  const rows = [
    ...ratio('images', imageHits(starts, pulls)),
    ...ratio('layers pulled here', layerHits(pulls)),
    ...inMemory,
  ];
  return rows.length === 0 ? '' : folded(['CACHE', 'HITS', ''], rows);
}

function roleText(role: Shown['instance']['roles'][number]): string {
  const { name, replayed, reachesMetadata } = role;
  const notes = [
    ...(replayed === undefined || replayed === 1 ? [] : [`read ahead: ${Math.floor(replayed * 100)} %`]),
    ...(reachesMetadata ? ['metadata: allow'] : []),
    ...(isImdsExposed(role) ? ['its containers reach the metadata service'] : []),
  ];
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`;
}

function folded(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const more = rows.length - maxRows;
  return `${table(header, rows.slice(0, maxRows))}${more > 0 ? `… and ${more} more\n` : ''}`;
}

/** The date appears only once when all events are of one day, so that lines fit. */
function eventTable(events: Shown['events']): string {
  if (events.length === 0) return '';
  const whens = events.map(({ time: at }) => (at === null ? '' : new Date(millisecondsOf(at)).toISOString()));
  const days = new Set(whens.map((when) => when.slice(0, 10)));
  const [day = ''] = days;
  const rows = events.map((event, index) => {
    const when = whens[index] ?? '';
    const reason = reasonText(event);
    const shown = days.size === 1 ? when.slice(11, 23) : when.slice(0, 23).replace('T', ' ');
    return [shown, eventName(event), eventState(event), reason === '' ? event.assignmentId : reason];
  });
  return folded([days.size === 1 ? `${day} UTC` : 'UTC', 'EVENT', 'STATE', ''], rows);
}

/** Draws a line for each layer that was pulled, on the pull's own axis. Of many layers it draws the slowest. */
function layerLines(
  ref: string,
  all: Shown['timeline']['pulls'][number]['layers'],
  columns: number,
): string[] {
  const pulled = all.filter(({ downloadMs, extractMs }) => (downloadMs ?? extractMs) !== undefined);
  if (pulled.length === 0) return [];
  const longest = new Set([...pulled].sort((a, b) => workedMs(b) - workedMs(a)).slice(0, maxLayers));
  const end = pullEndMs(pulled);
  const width = Math.max(10, columns - 50);
  const lines = pulled
    .filter((layer) => longest.has(layer))
    .map((layer) => {
      const { digest, sizeBytes, downloadMs = 0 } = layer;
      const size = sizeBytes === undefined ? '' : bytes(sizeBytes);
      const speed = sizeBytes === undefined ? '' : (rate(sizeBytes, downloadMs) ?? '');
      const id = printable(digest.replace('sha256:', '')).slice(0, 12).padEnd(12);
      const took = time(workedMs(layer)).padStart(9);
      return `  ${id} ${size.padStart(10)} ${speed.padStart(11)} ${took}  ${layerBar(layer, width / end)}\n`;
    });
  const rest = all.length - lines.length;
  return [
    `${printable(ref)}\n`,
    ...lines,
    ...(rest > 0 ? [`  … and ${rest} more, there already or quicker\n`] : []),
  ];
}

const marks = { wait: '.', download: '=', extract: '#' } as const;

/** Every download and extraction has at least one cell, however short it was. */
function layerBar(layer: LayerTimes, cellsOfMs: number): string {
  return layerParts(layer).reduce((bar, { kind, to }) => {
    const least = kind === 'wait' ? 0 : 1;
    return bar + marks[kind].repeat(Math.max(least, Math.round(to * cellsOfMs) - bar.length));
  }, '');
}
