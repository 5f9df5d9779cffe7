import { joinedBy, type Sample } from '../../core/sample.ts';
import { text, type Row } from './rows.ts';
import { decodeSamples, encodeSamples } from '../sample-block.ts';
import type { Database } from './database.ts';
import type { SampleFilter } from '../telemetry.ts';

/** Stretches in a block, which so takes no more than a page: 96 minutes, or a day of quarters of an hour. */
const stretchesOfBlock = 96;

/**
 * Samples in blocks: those of one report as they came, or those of one stretch of time joined. A row for each sample
 * would be as large again by its keys, and be written, found and removed one by one.
 */
export class SampleRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(instanceId: string, samples: readonly Sample[]): Promise<void> {
    await this.addBlocks(instanceId, 0, samples);
  }

  /**
   * Each container's as one block.
   * @param stretchMs 0 as they came, else the length of the stretches that they were joined into
   */
  async addBlocks(instanceId: string, stretchMs: number, samples: readonly Sample[]): Promise<void> {
    for (const [container, each] of Map.groupBy(samples, ({ container }) => container)) {
      const byTime = each.toSorted((a, b) => a.startMs - b.startMs);
      const ends = byTime.map(({ startMs, intervalMs }) => Math.ceil(startMs + intervalMs));
      await this.#db.run(
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

  async query({ instanceId, from = 0, to = Number.MAX_SAFE_INTEGER }: SampleFilter): Promise<Sample[]> {
    return (
      await this.#db.all(
        `SELECT container, samples FROM sample_block WHERE instance_id = ? AND start_ms < ? AND end_ms > ?
         ORDER BY container`,
        instanceId,
        to,
        from,
      )
    )
      .flatMap(samplesOf)
      .filter(({ startMs, intervalMs }) => startMs < to && startMs + intervalMs > from)
      .sort((a, b) => (a.container === b.container ? a.startMs - b.startMs : 0));
  }

  async join(before: number, stretchMs: number, from: number, limit: number): Promise<number> {
    // Only whole stretches: one that is still being filled is joined once it is over.
    const end = Math.floor(before / stretchMs) * stretchMs;
    return await this.#db.transaction(async () => {
      const found = await this.#db.all(
        'SELECT DISTINCT instance_id FROM sample_block WHERE stretch_ms = ? AND start_ms < ? LIMIT ?',
        from,
        end,
        limit,
      );
      for (const row of found) {
        const instanceId = text(row, 'instance_id');
        const taken = await this.#take(instanceId, { stretchMs: from, begin: 0, end });
        const isOld = ({ startMs }: Sample): boolean => startMs < end;
        await this.addBlocks(
          instanceId,
          from,
          taken.filter((sample) => !isOld(sample)),
        );
        await this.#joinInto(instanceId, stretchMs, taken.filter(isOld));
      }
      return found.length;
    });
  }

  /** What is in the blocks already is joined with what comes. */
  async #joinInto(instanceId: string, stretchMs: number, samples: readonly Sample[]): Promise<void> {
    const length = stretchesOfBlock * stretchMs;
    for (const [index, each] of Map.groupBy(samples, ({ startMs }) => Math.floor(startMs / length))) {
      const [begin, end] = [index * length, (index + 1) * length];
      const known = await this.#take(instanceId, { stretchMs, begin, end });
      const containers = Map.groupBy([...known, ...each], ({ container }) => container);
      for (const all of containers.values())
        await this.addBlocks(instanceId, stretchMs, joinedBy(all, stretchMs));
    }
  }

  /** Takes blocks that begin within a time out of the store. @returns their samples */
  async #take(
    instanceId: string,
    { stretchMs, begin, end }: { stretchMs: number; begin: number; end: number },
  ): Promise<Sample[]> {
    const rows = await this.#db.all(
      `DELETE FROM sample_block WHERE instance_id = ? AND stretch_ms = ? AND start_ms >= ? AND start_ms < ?
       RETURNING container, samples`,
      instanceId,
      stretchMs,
      begin,
      end,
    );
    return rows.flatMap(samplesOf);
  }

  async removeBefore(at: number, limit: number): Promise<number> {
    let removed = 0;
    for (const stretch of await this.#stretches())
      removed += await this.#db.run(
        `DELETE FROM sample_block WHERE seq IN
           (SELECT seq FROM sample_block WHERE stretch_ms = ? AND start_ms < ? AND end_ms <= ? LIMIT ?)`,
        stretch,
        at,
        at,
        limit - removed,
      );
    return removed;
  }

  /** Each found by a look at an index, and not by reading all blocks. */
  async #stretches(): Promise<number[]> {
    const next = async (above: number): Promise<unknown> => {
      const sql = 'SELECT min(stretch_ms) AS ms FROM sample_block WHERE stretch_ms > ?';
      return (await this.#db.one(sql, above))?.['ms'];
    };
    const found: number[] = [];
    for (let one = await next(-1); typeof one === 'number'; one = await next(one)) found.push(one);
    return found;
  }
}

function samplesOf(row: Row): Sample[] {
  const { samples } = row;
  return samples instanceof Uint8Array ? decodeSamples(samples, text(row, 'container')) : [];
}
