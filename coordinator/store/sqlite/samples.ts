import { joinedBy, type Sample } from '../../core/sample.ts';
import { text, type Row } from './rows.ts';
import { decodeSamples, encodeSamples } from '../sample-block.ts';
import type { SqliteDatabase } from './database.ts';
import type { SampleFilter } from '../telemetry.ts';

/** Stretches in a block, which so takes no more than a page: 96 minutes, or a day of quarters of an hour. */
const stretchesOfBlock = 96;

/**
 * Samples in blocks: those of one report as they came, or those of one stretch of time joined. A row for each sample
 * would be as large again by its keys, and be written, found and removed one by one.
 */
export class SqliteSamples {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  add(instanceId: string, samples: readonly Sample[]): void {
    this.addBlocks(instanceId, 0, samples);
  }

  /**
   * Each container's as one block.
   * @param stretchMs 0 as they came, else the length of the stretches that they were joined into
   */
  addBlocks(instanceId: string, stretchMs: number, samples: readonly Sample[]): void {
    for (const [container, each] of Map.groupBy(samples, ({ container }) => container)) {
      const byTime = each.toSorted((a, b) => a.startMs - b.startMs);
      const ends = byTime.map(({ startMs, intervalMs }) => Math.ceil(startMs + intervalMs));
      this.#db.run(
        `INSERT INTO sample_block (instance_id, container, stretch_ms, start_ms, end_ms, samples)
         VALUES (?, ?, ?, ?, ?, ?)`,
        instanceId,
        container,
        stretchMs,
        byTime[0]?.startMs ?? 0,
        ends.reduce((latest, end) => Math.max(latest, end), 0),
        encodeSamples(byTime),
      );
    }
  }

  query({ instanceId, from = 0, to = Number.MAX_SAFE_INTEGER }: SampleFilter): Sample[] {
    return this.#db
      .all(
        `SELECT container, samples FROM sample_block WHERE instance_id = ? AND start_ms < ? AND end_ms > ?
         ORDER BY container`,
        instanceId,
        to,
        from,
      )
      .flatMap(samplesOf)
      .filter(({ startMs, intervalMs }) => startMs < to && startMs + intervalMs > from)
      .sort((a, b) => (a.container === b.container ? a.startMs - b.startMs : 0));
  }

  join(before: number, stretchMs: number, from: number, limit: number): number {
    // Only whole stretches: one that is still being filled is joined once it is over.
    const end = Math.floor(before / stretchMs) * stretchMs;
    return this.#db.transaction(() => {
      const found = this.#db.all(
        'SELECT DISTINCT instance_id FROM sample_block WHERE stretch_ms = ? AND start_ms < ? LIMIT ?',
        from,
        end,
        limit,
      );
      for (const row of found) {
        const instanceId = text(row, 'instance_id');
        const taken = this.#take(instanceId, { stretchMs: from, begin: 0, end });
        const isOld = ({ startMs }: Sample): boolean => startMs < end;
        this.addBlocks(
          instanceId,
          from,
          taken.filter((sample) => !isOld(sample)),
        );
        this.#joinInto(instanceId, stretchMs, taken.filter(isOld));
      }
      return found.length;
    });
  }

  /** What is in the blocks already is joined with what comes. */
  #joinInto(instanceId: string, stretchMs: number, samples: readonly Sample[]): void {
    const length = stretchesOfBlock * stretchMs;
    for (const [index, each] of Map.groupBy(samples, ({ startMs }) => Math.floor(startMs / length))) {
      const [begin, end] = [index * length, (index + 1) * length];
      const known = this.#take(instanceId, { stretchMs, begin, end });
      const containers = Map.groupBy([...known, ...each], ({ container }) => container);
      for (const all of containers.values()) this.addBlocks(instanceId, stretchMs, joinedBy(all, stretchMs));
    }
  }

  /** Takes blocks that begin within a time out of the store. @returns their samples */
  #take(
    instanceId: string,
    { stretchMs, begin, end }: { stretchMs: number; begin: number; end: number },
  ): Sample[] {
    const rows = this.#db.all(
      `DELETE FROM sample_block WHERE instance_id = ? AND stretch_ms = ? AND start_ms >= ? AND start_ms < ?
       RETURNING container, samples`,
      instanceId,
      stretchMs,
      begin,
      end,
    );
    return rows.flatMap(samplesOf);
  }

  removeBefore(at: number, limit: number): number {
    return this.#stretches().reduce(
      (removed, stretch) =>
        removed +
        this.#db.run(
          `DELETE FROM sample_block WHERE seq IN
             (SELECT seq FROM sample_block WHERE stretch_ms = ? AND start_ms < ? AND end_ms <= ? LIMIT ?)`,
          stretch,
          at,
          at,
          limit - removed,
        ),
      0,
    );
  }

  /** Each found by a look at an index, and not by reading all blocks. */
  #stretches(): number[] {
    const next = (above: number) =>
      this.#db.one('SELECT min(stretch_ms) AS ms FROM sample_block WHERE stretch_ms > ?', above)?.['ms'];
    const found: number[] = [];
    for (let one = next(-1); typeof one === 'number'; one = next(one)) found.push(one);
    return found;
  }
}

function samplesOf(row: Row): Sample[] {
  const { samples } = row;
  return samples instanceof Uint8Array ? decodeSamples(samples, text(row, 'container')) : [];
}
