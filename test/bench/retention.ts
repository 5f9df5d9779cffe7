import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { defaultRetentionDays, retentionOf } from '../../coordinator/core/retention.ts';
import type { Facts } from '../../coordinator/core/model.ts';
import type { Sample } from '../../coordinator/core/sample.ts';
import { retain } from '../../coordinator/services/retention.ts';
import { SqliteStore } from '../../coordinator/store/sqlite-store.ts';

const help = `Usage: node test/bench/retention.ts [--instances N] [--days N]

Simulates instances that report all day, on a clock of its own, in a real store on disk that is retained as in service,
and prints what the store holds at the end of each day. Instances at rest: a sample of the host and of one container
each 15 s; every hour a minute of something happening, sampled each second, with ten spans.
`;

const second = 1_000;
const hour = 3_600 * second;
const begin = Date.UTC(2026, 0, 1);

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
      ...{ container, startMs, intervalMs, diskReadBytes: 8_192, diskWriteBytes: 65_536 },
      ...{ diskReadOperations: 2, diskWriteOperations: 9, networkReceiveBytes: 12_345 },
      ...{ networkTransmitBytes: 6_789, cpuMs: 12.5, ioStallMs: 0.25 },
      ...{ memoryBytes: 123_456_789, pageCacheBytes: 456_789_012 },
    })),
  );
}

function report(store: SqliteStore, instanceId: string, hours: number): void {
  const start = begin + hours * hour;
  const spans = Array.from({ length: 10 }, (_, index) => {
    const [id, startNs] = [`${hours}-${index}`, (start + index * second) * 1e6];
    const span = { spanId: id, parentId: '', name: 'container.start', startUnixNs: startNs };
    const attributes = { 'container.image.name': 'registry.example.com/acme/app:1.4.2', container: 'app' };
    return { id, startNs, json: JSON.stringify({ ...span, endUnixNs: startNs + 1e8, attributes }) };
  });
  const samples = hourOf(start);
  const batch = { instanceId, bootId: 'boot', sequence: hours + 1 };
  store.reports.add({ ...batch, spans, pulls: [], starts: [], reads: [], samples });
}

/** Bytes of the store with its log. */
function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

async function simulate(instances: number, days: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-retention-'));
  const file = join(directory, 'store.db');
  const store = new SqliteStore(file);
  const ids = Array.from({ length: instances }, (_, index) => `i-${String(index).padStart(17, '0')}`);
  try {
    for (const instanceId of ids) {
      const facts = { instanceId, bootId: 'boot', engineId: instanceId, machineIdHash: instanceId } as Facts;
      store.instances.checkIn({ facts, roles: [], observedGeneration: 0 }, begin);
    }
    process.stdout.write('day  samples of an instance  spans  store, MiB  per instance, MiB  retaining, s\n');
    for (let day = 1; day <= days; day++) {
      let retaining = 0;
      for (let hours = (day - 1) * 24; hours < day * 24; hours++) {
        for (const instanceId of ids) report(store, instanceId, hours);
        const from = performance.now();
        const now = begin + (hours + 1) * hour;
        await retain(store, retentionOf(defaultRetentionDays), now, new AbortController().signal);
        retaining += performance.now() - from;
      }
      const mebibytes = sizeOf(file) / 1024 ** 2;
      const [first = ''] = ids;
      const columns = [
        ...[day, store.samples.query({ instanceId: first }).length],
        ...[store.reports.timeline(first).spans.length, mebibytes.toFixed(1)],
        ...[(mebibytes / instances).toFixed(2), (retaining / 1000).toFixed(1)],
      ];
      process.stdout.write(`${columns.join('\t')}\n`);
    }
  } finally {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function wanted(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} takes a whole number from 1`);
  return value;
}

if (process.argv.includes('--help')) process.stdout.write(help);
else await simulate(wanted('--instances', 1_000), wanted('--days', 30));
