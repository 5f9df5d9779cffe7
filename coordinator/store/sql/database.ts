import type { Row } from './rows.ts';

/** What can be put into a statement. */
export type Value = string | number | bigint | Uint8Array | null;

/**
 * One connection to a database that speaks SQL. It carries out one transaction at a time. Every failure of the database
 * itself is a ParbakeError STORE_FAILED.
 */
export interface Database {
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
  /** Bytes that hold something. */
  size(): Promise<number>;
  close(): Promise<void>;
}
