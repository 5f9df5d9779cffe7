import { number, text } from './rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteSamples } from './sqlite-samples.ts';
import type { ReportBatch, ReportStore, Timeline } from './store.ts';

/** What is kept as it came, in one table. */
type Kind = 'pull' | 'start' | 'reads';

export class SqliteReports implements ReportStore {
  readonly #db: SqliteDatabase;
  readonly #samples: SqliteSamples;

  constructor(db: SqliteDatabase, samples: SqliteSamples) {
    this.#db = db;
    this.#samples = samples;
  }

  add(batch: ReportBatch): { acknowledged: number; isNew: boolean } {
    const { instanceId, bootId, sequence } = batch;
    return this.#db.transaction(() => {
      const row = this.#db.one(
        'SELECT sequence FROM report WHERE instance_id = ? AND boot_id = ?',
        instanceId,
        bootId,
      );
      const known = number(row ?? {}, 'sequence');
      if (sequence <= known) return { acknowledged: known, isNew: false };
      for (const { id, startNs, json } of batch.spans)
        this.#db.run(
          'INSERT OR REPLACE INTO span (instance_id, boot_id, span_id, start_ns, body) VALUES (?, ?, ?, ?, ?)',
          instanceId,
          bootId,
          id,
          BigInt(startNs),
          json,
        );
      this.#addItems(instanceId, 'pull', batch.pulls);
      this.#addItems(instanceId, 'start', batch.starts);
      this.#addItems(instanceId, 'reads', batch.reads);
      this.#samples.add(instanceId, batch.samples);
      this.#db.run(
        `INSERT INTO report (instance_id, boot_id, sequence) VALUES (?, ?, ?)
         ON CONFLICT (instance_id, boot_id) DO UPDATE SET sequence = excluded.sequence`,
        instanceId,
        bootId,
        sequence,
      );
      return { acknowledged: sequence, isNew: true };
    });
  }

  timeline(instanceId: string): Timeline {
    const spans = this.#db.all(
      'SELECT body FROM span WHERE instance_id = ? ORDER BY start_ns, span_id',
      instanceId,
    );
    return {
      spans: spans.map((row) => text(row, 'body')),
      pulls: this.#items(instanceId, 'pull'),
      starts: this.#items(instanceId, 'start'),
      reads: this.#items(instanceId, 'reads'),
    };
  }

  removeBefore(at: number, limit: number): number {
    return this.#db.run(
      'DELETE FROM span WHERE rowid IN (SELECT rowid FROM span WHERE start_ns < ? LIMIT ?)',
      BigInt(at) * 1_000_000n,
      limit,
    );
  }

  #addItems(instanceId: string, kind: Kind, bodies: readonly string[]): void {
    for (const body of bodies)
      this.#db.run('INSERT INTO reported (instance_id, kind, body) VALUES (?, ?, ?)', instanceId, kind, body);
  }

  #items(instanceId: string, kind: Kind): string[] {
    return this.#db
      .all('SELECT body FROM reported WHERE instance_id = ? AND kind = ? ORDER BY seq', instanceId, kind)
      .map((row) => text(row, 'body'));
  }
}
