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
      for (const row of found) this.#joinOne(text(row, 'instance_id'), end, stretchMs);
      return found.length;
    });
  }

  #joinOne(instanceId: string, end: number, stretchMs: number): void {
    const sums = [
      'sum(interval_ms)',
      ...counted.map((_, index) => `sum(${columns[index] ?? ''})`),
      ...levels.map((_, index) => `max(${columns[counted.length + index] ?? ''})`),
    ];
    const joined = this.#db.all(
      `SELECT container, min(start_ms) AS start_ms, ${sums.map((sum, index) => `${sum} AS c${index}`).join(', ')}
       FROM sample WHERE instance_id = ? AND start_ms < ? AND stretch_ms < ?
       GROUP BY container, start_ms / CAST(? AS INTEGER)`,
      instanceId,
      end,
      stretchMs,
      stretchMs,
    );
    this.#db.run(
      'DELETE FROM sample WHERE instance_id = ? AND start_ms < ? AND stretch_ms < ?',
      instanceId,
      end,
      stretchMs,
    );
    for (const row of joined)
      this.#db.run(
        `INSERT INTO sample (instance_id, container, start_ms, stretch_ms, interval_ms, ${columns.join(', ')})
         VALUES (?, ?, ?, ?, ?, ${columns.map(() => '?').join(', ')})`,
        instanceId,
        text(row, 'container'),
        number(row, 'start_ms'),
        stretchMs,
        ...sums.map((_, index) => nullable(row, `c${index}`)),
      );
  }

  removeBefore(at: number, limit: number): number {
    // What is that old was joined long ago; the index finds each kind.
    const kinds = this.#db.all('SELECT DISTINCT stretch_ms FROM sample');
    return kinds.reduce(
      (removed, row) =>
        removed +
        this.#db.run(
          `DELETE FROM sample WHERE (instance_id, container, start_ms) IN
             (SELECT instance_id, container, start_ms FROM sample WHERE stretch_ms = ? AND start_ms < ? LIMIT ?)`,
          number(row, 'stretch_ms'),
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
