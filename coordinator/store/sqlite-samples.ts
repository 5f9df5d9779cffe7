import { counted, levels, type Sample, type SampleFigures } from '../core/sample.ts';
import { number, text } from './rows.ts';
import type { Row, SqliteDatabase } from './sqlite-database.ts';
import type { SampleFilter, SampleStore } from './store.ts';

const figures = [...counted, ...levels];
/** `diskReadBytes` is the column `disk_read_bytes`. */
const columns = figures.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

export class SqliteSamples implements SampleStore {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  add(instanceId: string, samples: readonly Sample[]): void {
    for (const sample of samples)
      this.#db.run(
        `INSERT OR REPLACE INTO sample (instance_id, container, start_ms, interval_ms, ${columns.join(', ')})
         VALUES (?, ?, ?, ?, ${columns.map(() => '?').join(', ')})`,
        instanceId,
        sample.container,
        sample.startMs,
        sample.intervalMs,
        ...figures.map((key) => sample[key] ?? null),
      );
  }

  query({ instanceId, from = 0, to = Number.MAX_SAFE_INTEGER }: SampleFilter): Sample[] {
    return this.#db
      .all(
        `SELECT * FROM sample WHERE instance_id = ? AND start_ms < ? AND start_ms + interval_ms > ?
         ORDER BY container, start_ms`,
        instanceId,
        to,
        from,
      )
      .map(toSample);
  }

  join(before: number, stretchMs: number, from: number, limit: number): number {
    // Only whole stretches: one that is still being filled is joined once it is over.
    const end = Math.floor(before / stretchMs) * stretchMs;
    return this.#db.transaction(() => {
      const found = this.#db.all(
        'SELECT DISTINCT instance_id FROM sample WHERE stretch_ms = ? AND start_ms < ? LIMIT ?',
        from,
        end,
        limit,
      );
      if (found.length === 0) return 0;
      const begin = this.#oldestBelow(stretchMs);
      for (const row of found) {
        const instanceId = text(row, 'instance_id');
        for (const container of this.#containersOf(instanceId))
          this.#joinOne(instanceId, container, { begin, end, stretchMs });
      }
      return found.length;
    });
  }

  /** When the oldest sample began, of all instances, that was not joined so far: what lies before has nothing to join. */
  #oldestBelow(stretchMs: number): number {
    const oldest = this.#stretches()
      .filter((stretch) => stretch < stretchMs)
      .map((stretch) =>
        number(
          this.#db.one('SELECT min(start_ms) AS ms FROM sample WHERE stretch_ms = ?', stretch) ?? {},
          'ms',
        ),
      );
    return Math.min(...oldest, Number.MAX_SAFE_INTEGER);
  }

  /** Each found by a look at an index, and not by reading all samples. */
  #stretches(): number[] {
    const next = (above: number) =>
      this.#db.one('SELECT min(stretch_ms) AS ms FROM sample WHERE stretch_ms > ?', above)?.['ms'];
    const found: number[] = [];
    for (let one = next(-1); typeof one === 'number'; one = next(one)) found.push(one);
    return found;
  }

  #containersOf(instanceId: string): string[] {
    const first = this.#db.one('SELECT min(container) AS name FROM sample WHERE instance_id = ?', instanceId);
    const next = (after: string) =>
      this.#db.one(
        'SELECT min(container) AS name FROM sample WHERE instance_id = ? AND container > ?',
        instanceId,
        after,
      )?.['name'];
    const found: string[] = [];
    for (let one = first?.['name']; typeof one === 'string'; one = next(one)) found.push(one);
    return found;
  }

  /** Within a range of the primary key. */
  #joinOne(
    instanceId: string,
    container: string,
    { begin, end, stretchMs }: { begin: number; end: number; stretchMs: number },
  ): void {
    const range = 'instance_id = ? AND container = ? AND start_ms >= ? AND start_ms < ? AND stretch_ms < ?';
    const bounds = [instanceId, container, begin, end, stretchMs] as const;
    const sums = [
      'sum(interval_ms)',
      ...counted.map((_, index) => `sum(${columns[index] ?? ''})`),
      ...levels.map((_, index) => `max(${columns[counted.length + index] ?? ''})`),
    ];
    const joined = this.#db.all(
      `SELECT min(start_ms) AS start_ms, ${sums.map((sum, index) => `${sum} AS c${index}`).join(', ')}
       FROM sample WHERE ${range} GROUP BY start_ms / CAST(? AS INTEGER)`,
      ...bounds,
      stretchMs,
    );
    this.#db.run(`DELETE FROM sample WHERE ${range}`, ...bounds);
    for (const row of joined)
      this.#db.run(
        `INSERT INTO sample (instance_id, container, start_ms, stretch_ms, interval_ms, ${columns.join(', ')})
         VALUES (?, ?, ?, ?, ?, ${columns.map(() => '?').join(', ')})`,
        instanceId,
        container,
        number(row, 'start_ms'),
        stretchMs,
        ...sums.map((_, index) => nullable(row, `c${index}`)),
      );
  }

  removeBefore(at: number, limit: number): number {
    // What is that old was joined long ago; the index finds each kind.
    return this.#stretches().reduce(
      (removed, stretch) =>
        removed +
        this.#db.run(
          `DELETE FROM sample WHERE (instance_id, container, start_ms) IN
             (SELECT instance_id, container, start_ms FROM sample WHERE stretch_ms = ? AND start_ms < ? LIMIT ?)`,
          stretch,
          at,
          limit - removed,
        ),
      0,
    );
  }
}

function nullable(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column);
}

function toSample(row: Row): Sample {
  const known: SampleFigures = {};
  for (const [index, key] of figures.entries()) {
    const value = nullable(row, columns[index] ?? '');
    if (value !== null) known[key] = value;
  }
  return {
    container: text(row, 'container'),
    startMs: number(row, 'start_ms'),
    intervalMs: number(row, 'interval_ms'),
    ...known,
  };
}
