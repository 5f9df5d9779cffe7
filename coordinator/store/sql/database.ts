import type { Row } from './rows.ts';

/** What can be put into a statement. */
export type Value = string | number | bigint | Uint8Array | null;

/** What databases say differently; everything else in `sql` is what they all understand. */
export interface Dialect {
  /** A table with a column `value`: the elements of a column's JSON array. */
  elements(column: string): string;
  /** A query for the highest number that was ever given to an event, as `seq`. */
  newestEvent: string;
  /** Whether others write to the same database at the same time. */
  isShared: boolean;
  /** Follows a query for rows of a table that are about to change: others wait with them until the transaction ends. */
  lock(table: string): string;
  /** The same, and leaves out rows that others have locked. */
  lockFree(table: string): string;
}

/**
 * One connection to a database that speaks SQL. It carries out one transaction at a time. Every failure of the database
 * itself is a ParbakeError STORE_FAILED.
 */
export interface Database {
  readonly dialect: Dialect;
  /** The coordinator among those that share the store; empty where there is one. */
  readonly replicaId: string;
  all(sql: string, ...values: Value[]): Promise<Row[]>;
  one(sql: string, ...values: Value[]): Promise<Row | undefined>;
  /** @returns how many rows changed */
  run(sql: string, ...values: Value[]): Promise<number>;
  /** All of `work` or nothing. A transaction inside another is part of it. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** All of `work` or nothing, as a part of a transaction that goes on either way. */
  part<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Keeps others away from names until the transaction ends, where a row to lock may not exist yet. They are locked in one
   * order, whatever the order of the names.
   */
  exclusively(...names: string[]): Promise<void>;
  /**
   * Carries out a statement at the end of the transaction: whoever waits for what it locks then waits for the commit alone.
   * Nothing else in the transaction sees what it writes.
   */
  runLast(sql: string, ...values: (string | number)[]): Promise<void>;
  /** A part of a snapshot. */
  read<T>(work: () => Promise<T>): Promise<T>;
  /** Reads of one moment. */
  snapshot<T>(work: () => Promise<T>): Promise<T>;
  /** Whether a transaction that was begun is still open: some errors end it. */
  readonly isInTransaction: boolean;
  /** Whether other coordinators have given this one up, so that it can write nothing any more. */
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
