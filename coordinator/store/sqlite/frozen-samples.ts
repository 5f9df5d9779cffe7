/**
 * The step of a released migration that SQL alone cannot do. It is frozen: it imports nothing, so that no later change to
 * the format of samples changes what an old store is migrated to. Later migrations start from what this one wrote.
 */

type Row = Record<string, unknown>;

/** The parts of a database that this step uses. */
interface Database {
  all(sql: string, ...values: (string | number)[]): Row[];
  run(sql: string, ...values: (string | number | Uint8Array)[]): number;
}

/** Column of the old table and factor of its unit, in the order of the format's bits. */
const columns = [
  ['disk_read_bytes', 1],
  ['disk_write_bytes', 1],
  ['disk_read_operations', 1],
  ['disk_write_operations', 1],
  ['network_receive_bytes', 1],
  ['network_transmit_bytes', 1],
  ['cpu_ms', 1000],
  ['io_stall_ms', 1000],
  ['memory_bytes', 1],
  ['page_cache_bytes', 1],
] as const;
/** Stretches in one block. */
const stretchesOfBlock = 96;
const bytesOfNumber = 8;

/** Moves the samples of a store that had a row for each into blocks. */
export function blocksFromRows(db: Database): void {
  for (const { instance_id: instanceId } of db.all('SELECT DISTINCT instance_id FROM sample')) {
    const rows = db.all('SELECT * FROM sample WHERE instance_id = ?', String(instanceId));
    for (const [stretchMs, each] of Map.groupBy(rows, (row) => Number(row['stretch_ms']))) {
      // A sample that was not joined covers an hour at most, or was about to be joined.
      const length = stretchesOfBlock * (stretchMs === 0 ? 60_000 : stretchMs);
      const spans = Map.groupBy(each, (row) => Math.floor(Number(row['start_ms']) / length));
      for (const some of spans.values()) addBlocks(db, String(instanceId), stretchMs, some);
    }
  }
}

/** Writes one block for each container. */
function addBlocks(db: Database, instanceId: string, stretchMs: number, rows: readonly Row[]): void {
  for (const [container, each] of Map.groupBy(rows, (row) => String(row['container']))) {
    const byTime = each.toSorted((a, b) => Number(a['start_ms']) - Number(b['start_ms']));
    const ends = byTime.map((row) => Math.ceil(Number(row['start_ms']) + Number(row['interval_ms'])));
    db.run(
      `INSERT INTO sample_block (instance_id, container, stretch_ms, start_ms, end_ms, samples)
       VALUES (?, ?, ?, ?, ?, ?)`,
      instanceId,
      container,
      stretchMs,
      Number(byTime[0]?.['start_ms'] ?? 0),
      ends.reduce((latest, end) => Math.max(latest, end), 0),
      encode(byTime),
    );
  }
}

/** For each sample: a mask of its figures, its distance from the one before, its length and its figures, as varints. */
function encode(rows: readonly Row[]): Uint8Array {
  const bytes = new Uint8Array(rows.length * (3 + columns.length) * bytesOfNumber);
  let at = 0;
  const put = (number: number): void => {
    let left = Math.min(Math.max(Math.round(number), 0), Number.MAX_SAFE_INTEGER);
    for (; left >= 128; left = Math.floor(left / 128)) bytes[at++] = (left % 128) | 128;
    bytes[at++] = left;
  };
  let before = 0;
  for (const row of rows) {
    const known = columns.map(([column, scale]) =>
      row[column] === null ? undefined : Number(row[column]) * scale,
    );
    put(known.reduce<number>((mask, value, bit) => (value === undefined ? mask : mask | (1 << bit)), 0));
    put(Number(row['start_ms']) - before);
    put(Number(row['interval_ms']) * 1000);
    for (const value of known) if (value !== undefined) put(value);
    before = Number(row['start_ms']);
  }
  return bytes.slice(0, at);
}
