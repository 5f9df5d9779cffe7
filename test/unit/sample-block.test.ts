import * as fc from 'fast-check';
import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defined } from '../../proto/errors/defined.ts';
import { counted, levels, type Sample } from '../../coordinator/core/sample.ts';
import { decodeSamples, encodeSamples } from '../../coordinator/store/sample-block.ts';
import { migrations } from '../../coordinator/store/sqlite/migrations.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';

const begin = Date.UTC(2026, 0, 1);

const whole: Sample = {
  container: 'web/app',
  startMs: begin,
  intervalMs: 15_001.234,
  diskReadBytes: 0,
  diskWriteBytes: 1,
  diskReadOperations: 127,
  diskWriteOperations: 128,
  networkReceiveBytes: 2 ** 31,
  networkTransmitBytes: Number.MAX_SAFE_INTEGER,
  cpuMs: 12.345,
  ioStallMs: 0.001,
  memoryBytes: 2 ** 40,
  pageCacheBytes: 16_383,
};

function thousandths(count: number | undefined): number | undefined {
  return count === undefined ? undefined : (count % 1e12) / 1000;
}

describe('samples as bytes', () => {
  test('come back as they were, whichever figures they have', () => {
    const figure = fc.record(
      Object.fromEntries([...counted, ...levels].map((key) => [key, fc.maxSafeNat()])),
      { requiredKeys: [] },
    );
    const one = fc.tuple(fc.nat(86_400_000), fc.integer({ min: 1, max: 86_400_000_000 }), figure);
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (drawn) => {
        const samples = drawn
          .map(([after, microseconds, { cpuMs, ioStallMs, ...figures }]): Sample => ({
            container: '',
            startMs: begin + after,
            intervalMs: microseconds / 1000,
            ...figures,
            // As many digits as a number has room for beside the microseconds.
            ...defined({ cpuMs: thousandths(cpuMs), ioStallMs: thousandths(ioStallMs) }),
          }))
          .sort((a, b) => a.startMs - b.startMs);
        expect(decodeSamples(encodeSamples(samples), '')).toEqual(samples);
      }),
    );
  });

  test('at the edges of what a number of some bytes holds', () => {
    const part: Sample = { container: 'web/app', startMs: begin + 5, intervalMs: 1, pageCacheBytes: 16_384 };
    expect(decodeSamples(encodeSamples([whole, part]), 'web/app')).toEqual([whole, part]);
  });

  test('what is out of bounds is moved to them, and the next one is read right', () => {
    const odd = { ...whole, diskReadBytes: -1, memoryBytes: 1e300, cpuMs: 1e300, ioStallMs: 0.00049 };
    const [first, second] = decodeSamples(encodeSamples([odd, whole]), 'web/app');
    expect(first).toMatchObject({ diskReadBytes: 0, memoryBytes: Number.MAX_SAFE_INTEGER, ioStallMs: 0 });
    expect(second).toEqual(whole);
  });
});

describe('a store of the version before', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'parbake-migrate-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('keeps its samples and spans', async () => {
    const file = join(directory, 'store.db');
    const before = new DatabaseSync(file);
    const version = 8;
    for (const script of migrations.slice(0, version)) if (typeof script === 'string') before.exec(script);
    before.exec(`PRAGMA user_version = ${version}`);
    const sample = before.prepare(
      'INSERT INTO sample (instance_id, container, start_ms, interval_ms, stretch_ms, cpu_ms, memory_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const instance = before.prepare(
      `INSERT INTO instance (instance_id, state, facts, roles, boot_id, check_in_time, last_seen_time)
       VALUES (?, 'READY', '{}', '[]', 'b', 1, 1)`,
    );
    const starts = [begin, begin + 60_000, begin + 86_400_000];
    for (const id of ['i-1', 'i-2']) instance.run(id);
    sample.run('i-that-never-was', '', begin, 60_000, 60_000, 1.5, null);
    for (const id of ['i-1', 'i-2'])
      for (const container of ['', 'web/app'])
        for (const at of starts) sample.run(id, container, at, 60_000, 60_000, 1.5, null);
    sample.run('i-1', '', begin + 90_000_000, 1000, 0, null, 7);
    before
      .prepare('INSERT INTO span (instance_id, boot_id, span_id, start_ns, body) VALUES (?, ?, ?, ?, ?)')
      .run('i-1', 'b', 's', BigInt(begin) * 1_000_000n, '{}');
    before.close();
    const store = await openSqliteStore(file);
    const of = (container: string): Sample[] =>
      starts.map((startMs) => ({ container, startMs, intervalMs: 60_000, cpuMs: 1.5 }));
    const young = { container: '', startMs: begin + 90_000_000, intervalMs: 1000, memoryBytes: 7 };
    expect(await store.samples({ instanceId: 'i-1' })).toEqual([...of(''), young, ...of('web/app')]);
    expect(await store.samples({ instanceId: 'i-2' })).toEqual([...of(''), ...of('web/app')]);
    expect(await store.samples({ instanceId: 'i-that-never-was' })).toEqual([]);
    expect(await store.removeSpans(begin, 10)).toBe(0);
    expect(await store.removeSpans(begin + 1, 10)).toBe(1);
    await store.close();
  });
});
