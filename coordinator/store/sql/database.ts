import type { Row } from './rows.ts';

/** What can be put into a statement. */
export type Value = string | number | bigint | Uint8Array | null;

/** What databases say differently; everything else in `sql` is what they all understand. */
export interface Dialect {
  /** A table with a column `value`: the elements of a column's JSON array. */
  elements(column: string): string;
  /** A query for the highest number that was ever given to an event, as `seq`. */
  newestEvent: string;
}

/**
 * One connection to a database that speaks SQL. It carries out one transaction at a time. Every failure of the database
 * itself is a ParbakeError STORE_FAILED.
 */
export interface Database {
  readonly dialect: Dialect;
  all(sql: string, ...values: Value[]): Promise<Row[]>;
  one(sql: string, ...values: Value[]): Promise<Row | undefined>;
  /** @returns how many rows changed */
  run(sql: string, ...values: Value[]): Promise<number>;
  /** All of `work` or nothing. A transaction inside another is part of it. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** All of `work` or nothing, as a part of a transaction that goes on either way. */
  part<T>(work: () => Promise<T>): Promise<T>;
  /** A part of a snapshot. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Reads of one moment. */
  snapshot<T>(work: () => Promise<T>): Promise<T>;
  /** Whether a transaction that was begun is still open: some errors end it. */
  readonly isInTransaction: boolean;
  /** Whether another coordinator had the store meanwhile, so that this one knows nothing any more. */
  readonly isTakenOver: boolean;
  /**
   * Empties a log of the database's own, which keeps what was removed until its pages are used again.
   * @returns false while a reader still needs the log
   */
  truncateLog(): boolean;
  /** Bytes that hold something. */
  size(): Promise<number>;
  close(): Promise<void>;
}
