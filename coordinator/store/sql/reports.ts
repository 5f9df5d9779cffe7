import { instanceNotFound } from '../../core/not-found.ts';
import { number, text } from './rows.ts';
import type { Database } from './database.ts';
import type { SampleRows } from './samples.ts';
import type { UsageRows } from './usage.ts';
import type { ReportBatch, Timeline, TimelineFilter } from '../telemetry.ts';

/** What is kept as it came, in one table. */
type Kind = 'pull' | 'start' | 'reads';

/** How many items of each kind one instance may have: a role has some ten images and containers. */
const maxItems = 1_000;

/** Bytes of spans, and as many of everything else, that are kept of one instance. */
const maxInstanceBytes = 16 * 1024 ** 2;
const countedEvery = 1024 ** 2;
/** Instances. What is forgotten then delays a count by another megabyte. */
const maxUncounted = 50_000;

/** After every span. */
const endOfTime = 2n ** 63n - 1n;

const itemStartMs = `(CAST(body -> 'startTime' ->> 'seconds' AS BIGINT) * 1000 + CAST(body -> 'startTime' ->> 'nanos' AS BIGINT) / 1000000)`;

export class ReportRows {
  readonly #db: Database;
  readonly #samples: SampleRows;
  readonly #usage: UsageRows;
  /** Bytes that were added of each instance since all of its were counted. */
  readonly #uncounted = new Map<string, number>();

  constructor(db: Database, samples: SampleRows, usage: UsageRows) {
    this.#db = db;
    this.#samples = samples;
    this.#usage = usage;
  }

  async add(batch: ReportBatch, now: number): Promise<{ acknowledged: number; isNew: boolean }> {
    const { instanceId, bootId, sequence } = batch;
    return await this.#db.transaction(async () => {
      // What is kept of an instance is removed with it, so nothing is kept of one that is not known.
      const lock = this.#db.dialect.lock('instance');
      const found = await this.#db.one(`SELECT 1 FROM instance WHERE instance_id = ?${lock}`, instanceId);
      if (found === undefined) throw instanceNotFound(instanceId);
      const row = await this.#db.one(
        'SELECT sequence FROM report WHERE instance_id = ? AND boot_id = ?',
        instanceId,
        bootId,
      );
      const known = number(row ?? {}, 'sequence');
      if (sequence <= known) return { acknowledged: known, isNew: false };
      for (const { id, startNs, json } of batch.spans)
        await this.#db.run(
          `INSERT INTO span (instance_id, boot_id, span_id, start_ns, received_ms, body) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (instance_id, boot_id, span_id) DO UPDATE SET start_ns = excluded.start_ns,
             received_ms = excluded.received_ms, body = excluded.body`,
          instanceId,
          bootId,
          id,
          BigInt(startNs),
          now,
          json,
        );
      await this.#addItems(instanceId, 'pull', batch.pulls);
      await this.#addItems(instanceId, 'start', batch.starts);
      await this.#addItems(instanceId, 'reads', batch.reads);
      await this.#keepWithin(batch);
      await this.#samples.add(instanceId, batch.samples);
      await this.#usage.add(instanceId, batch.samples);
      await this.#db.run(
        `INSERT INTO report (instance_id, boot_id, sequence, at) VALUES (?, ?, ?, ?)
         ON CONFLICT (instance_id, boot_id) DO UPDATE SET sequence = excluded.sequence, at = excluded.at`,
        instanceId,
        bootId,
        sequence,
        now,
      );
      return { acknowledged: sequence, isNew: true };
    });
  }

  async timeline(instanceId: string, filter: TimelineFilter = {}): Promise<Timeline> {
    const { from, to, limit, after } = filter;
    const spans = await this.#db.all(
      `SELECT body FROM span WHERE instance_id = ?1 AND start_ns < ?2 AND (start_ns, span_id) > (?3, ?4)
         AND (CAST(?5 AS BIGINT) IS NULL OR CAST(body ->> 'endUnixNs' AS BIGINT) > ?5)
       ORDER BY start_ns, span_id LIMIT ?6`,
      instanceId,
      to === undefined ? endOfTime : nanoseconds(to),
      after?.startNs ?? -1n,
      after?.spanId ?? '',
      from === undefined ? null : nanoseconds(from),
      limit ?? Number.MAX_SAFE_INTEGER,
    );
    const items = async (kind: Kind): Promise<string[]> =>
      after === undefined ? await this.#items(instanceId, kind, filter) : [];
    return {
      spans: spans.map((row) => text(row, 'body')),
      pulls: await items('pull'),
      starts: await items('start'),
      reads: await items('reads'),
    };
  }

  async removeBefore(at: number, limit: number): Promise<number> {
    return await this.#db.run(
      `DELETE FROM span WHERE (instance_id, boot_id, span_id) IN (
         SELECT instance_id, boot_id, span_id FROM span WHERE received_ms < ? LIMIT ?)`,
      at,
      limit,
    );
  }

  async removeBoots(lastBefore: number, limit: number): Promise<number> {
    // A batch of the present boot may come again.
    return await this.#db.run(
      `DELETE FROM report WHERE (instance_id, boot_id) IN (
         SELECT instance_id, boot_id FROM report WHERE at < ?
           AND NOT EXISTS (SELECT 1 FROM instance WHERE instance.instance_id = report.instance_id
             AND instance.boot_id = report.boot_id)
         LIMIT ?)`,
      lastBefore,
      limit,
    );
  }

  /** Drops the oldest of an instance that reports more than its share. Counted now and then, since it reads all of it. */
  async #keepWithin({ instanceId, spans, pulls, starts, reads }: ReportBatch): Promise<void> {
    const added = [...spans.map(({ json }) => json), ...pulls, ...starts, ...reads];
    const bytes = added.reduce((sum, { length }) => sum + length, this.#uncounted.get(instanceId) ?? 0);
    if (bytes < countedEvery) {
      if (this.#uncounted.size > maxUncounted) this.#uncounted.clear();
      this.#uncounted.set(instanceId, bytes);
      return;
    }
    this.#uncounted.delete(instanceId);
    await this.#db.run(
      `DELETE FROM span WHERE instance_id = ?1 AND (boot_id, span_id) IN (SELECT boot_id, span_id FROM (
         SELECT boot_id, span_id, sum(length(CAST(body AS TEXT)))
           OVER (ORDER BY received_ms DESC, start_ns DESC, boot_id, span_id) AS total
         FROM span WHERE instance_id = ?1) AS counted WHERE total > ?2)`,
      instanceId,
      maxInstanceBytes,
    );
    await this.#db.run(
      `DELETE FROM reported WHERE seq IN (SELECT id FROM (
         SELECT seq AS id, sum(length(CAST(body AS TEXT))) OVER (ORDER BY seq DESC) AS total
         FROM reported WHERE instance_id = ?1) AS counted WHERE total > ?2)`,
      instanceId,
      maxInstanceBytes,
    );
  }

  async #addItems(instanceId: string, kind: Kind, bodies: readonly string[]): Promise<void> {
    if (bodies.length === 0) return;
    for (const body of bodies)
      await this.#db.run(
        'INSERT INTO reported (instance_id, kind, body) VALUES (?, ?, ?)',
        instanceId,
        kind,
        body,
      );
    await this.#db.run(
      `DELETE FROM reported WHERE instance_id = ?1 AND kind = ?2 AND seq <= (
         SELECT seq FROM reported WHERE instance_id = ?1 AND kind = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)`,
      instanceId,
      kind,
      maxItems,
    );
  }

  async #items(instanceId: string, kind: Kind, { from, to }: TimelineFilter): Promise<string[]> {
    return (
      await this.#db.all(
        `SELECT body FROM reported WHERE instance_id = ?1 AND kind = ?2
           AND (CAST(?3 AS DOUBLE PRECISION) IS NULL OR ${itemStartMs} >= ?3)
           AND (CAST(?4 AS DOUBLE PRECISION) IS NULL OR ${itemStartMs} < ?4)
         ORDER BY seq`,
        instanceId,
        kind,
        from ?? null,
        to ?? null,
      )
    ).map((row) => text(row, 'body'));
  }
}

/** Bound to what SQLite's integers hold: a caller's time may be the end of the calendar. */
function nanoseconds(ms: number): bigint {
  const ns = BigInt(Math.round(ms * 1000)) * 1000n;
  return BigInt.asIntN(64, ns) === ns ? ns : ns < 0n ? -endOfTime : endOfTime;
}
