import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { defaultRetentionDays, retentionOf } from '../../coordinator/core/retention.ts';
import type { Sample } from '../../coordinator/core/sample.ts';
import { retain } from '../../coordinator/fleet/retention.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { aCheckIn, aRequest, aRole, at as moment } from '../support/store-builders.ts';

const help = `Usage: npm run bench -- retention [--instances N] [--days N] [--keep-bytes N]

Simulates instances that report all day, on a clock of its own, in a real store on disk that is retained as in service,
and prints what the store holds at the end of each day. Instances at rest: a sample of the host and of one container
each 15 s; every hour a minute of something happening, sampled each second, with ten spans, a pull and a start. Every day
each instance boots anew, one more instance appears and falls silent, and ten requests are given up.
Without options 1,000 instances for 30 days, which takes some 4 GiB in the directory for temporary files.
`;

const second = 1_000;
const hour = 3_600 * second;
const begin = Date.UTC(2026, 0, 1);
/** At one moment, so that they share a flush: what is measured is what the store holds. */
const reportsAtOnce = 50;

/** @returns a source of whole numbers of some size, the same in each run: what does not vary would take less place */
function varying(): (size: number) => number {
  let state = 1;
  return (size) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * size);
  };
}

const some = varying();

/** @returns the samples of one hour of one instance, of its host and one container */
function hourOf(start: number): Sample[] {
  const busy = 60;
  const starts = [
    ...Array.from({ length: busy }, (_, index) => [start + index * second, second] as const),
    ...Array.from(
      { length: (hour / second - busy) / 15 },
      (_, index) => [start + (busy + index * 15) * second, 15 * second] as const,
    ),
  ];
  return ['', 'web/app'].flatMap((container) =>
    starts.map(([startMs, intervalMs]) => ({
      container,
      startMs: startMs + some(20),
      intervalMs: intervalMs + some(20_000) / 1000,
      diskReadBytes: 4096 * some(200),
      diskWriteBytes: 4096 * some(400),
      diskReadOperations: some(200),
      diskWriteOperations: some(400),
      networkReceiveBytes: some(1e6),
      networkTransmitBytes: some(1e6),
      cpuMs: some(1e6) / 1000,
      ioStallMs: some(1e5) / 1000,
      memoryBytes: 4096 * some(1e6),
      pageCacheBytes: 4096 * some(1e6),
    })),
  );
}

/** What a fleet leaves behind in a day. */
async function leave(store: Store, ids: readonly string[], day: number): Promise<void> {
  const now = begin + (day - 1) * 24 * hour;
  for (const instanceId of [...ids, `i-silent-${day}`]) {
    const checkIn = aCheckIn(instanceId, { facts: { bootId: `boot-${day}` }, roles: [] });
    await store.admit(checkIn, 'session', moment(now));
    if (ids.includes(instanceId)) await store.openSession(instanceId, 'session', moment(now));
  }
  await store.applyRoles([aRole('web')]);
  for (let index = 0; index < 10; index++) {
    const assignmentId = `as-${day}-${index}`;
    await store.request(aRequest(assignmentId, { received: moment(now) }));
    await store.release({ assignmentId }, moment(now));
  }
}

async function report(store: Store, instanceId: string, hours: number): Promise<void> {
  const start = begin + hours * hour;
  const spans = Array.from({ length: 10 }, (_, index) => {
    const [id, startNs] = [`${hours}-${index}`, (start + index * second) * 1e6];
    const span = { spanId: id, parentId: '', name: 'container.start', startUnixNs: startNs };
    const attributes = { 'container.image.name': 'registry.example.com/acme/app:1.4.2', container: 'app' };
    return { id, startNs, json: JSON.stringify({ ...span, endUnixNs: startNs + 1e8, attributes }) };
  });
  const samples = hourOf(start);
  const batch = { instanceId, bootId: `boot-${Math.floor(hours / 24) + 1}`, sequence: (hours % 24) + 1 };
  const pull = { ref: 'registry.example.com/acme/app:1.4.2', pullMs: 1234, layers: [], atBake: false };
  const items = {
    pulls: [JSON.stringify(pull)],
    starts: [JSON.stringify({ name: 'app', startMs: 1 })],
    reads: [],
  };
  await store.report({ ...batch, spans, ...items, samples }, start + hour);
}

/** Bytes of the store with its log. */
function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

async function simulate(instances: number, days: number, keepBytes: number): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const directory = mkdtempSync(join(tmpdir(), 'parbake-retention-'));
  const file = join(directory, 'store.db');
  const store = await openSqliteStore(file);
  const ids = Array.from({ length: instances }, (_, index) => `i-${String(index).padStart(17, '0')}`);
  try {
    const options = { retention: retentionOf(defaultRetentionDays), keepBytes };
    const names =
      'day  samples of an instance  spans  pulls  instances known  in use, MiB  file, MiB  kept, h  reporting, s  retaining, s';
    process.stdout.write(`${names.replaceAll('  ', '\t')}\n`);
    for (let day = 1; day <= days; day++) {
      let [retaining, keptMs] = [0, 0];
      const dawn = performance.now();
      await leave(store, ids, day);
      for (let hours = (day - 1) * 24; hours < day * 24; hours++) {
        stop.signal.throwIfAborted();
        for (let at = 0; at < ids.length; at += reportsAtOnce)
          await Promise.all(ids.slice(at, at + reportsAtOnce).map((id) => report(store, id, hours)));
        const from = performance.now();
        const now = begin + (hours + 1) * hour;
        ({ keptMs } = await retain(store, options, now, stop.signal));
        retaining += performance.now() - from;
      }
      const reporting = performance.now() - dawn - retaining;
      const [first = ''] = ids;
      const { spans, pulls } = await store.timeline(first);
      const mebibytes = (size: number): string => (size / 1024 ** 2).toFixed(1);
      const columns = [
        ...[day, (await store.samples({ instanceId: first })).length],
        ...[spans.length, pulls.length, (await store.instances({ limit: 1_000_000 })).length],
        ...[mebibytes(await store.size()), mebibytes(sizeOf(file))],
        ...[(keptMs / hour).toFixed(0), (reporting / 1000).toFixed(1), (retaining / 1000).toFixed(1)],
      ];
      process.stdout.write(`${columns.join('\t')}\n`);
    }
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @returns undefined when it says no whole number from 1 */
function wanted(name: string, otherwise: number): number | undefined {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  return Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const [instances, days] = [wanted('--instances', 1_000), wanted('--days', 30)];
  const keepBytes = wanted('--keep-bytes', Number.MAX_SAFE_INTEGER);
  if (instances === undefined || days === undefined || keepBytes === undefined) {
    process.stderr.write(`--instances, --days and --keep-bytes take a whole number from 1\n\n${help}`);
    return 2;
  }
  try {
    await simulate(instances, days, keepBytes);
    return 0;
  } catch (cause) {
    if (!isAbort(cause)) throw cause;
    return 1;
  }
}

process.exitCode = await main();
