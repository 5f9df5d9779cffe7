import type { Database, Value } from '../../coordinator/store/sql/database.ts';
import type { Row } from '../../coordinator/store/sql/rows.ts';

/** A database that notes what it is asked to carry out. */
export class NotingDatabase implements Database {
  readonly #db: Database;
  readonly #note: (sql: string, values: readonly Value[]) => void;

  constructor(db: Database, note: (sql: string, values: readonly Value[]) => void) {
    this.#db = db;
    this.#note = note;
  }

  get dialect() {
    return this.#db.dialect;
  }

  get replicaId() {
    return this.#db.replicaId;
  }

  get isInTransaction() {
    return this.#db.isInTransaction;
  }

  get isTakenOver() {
    return this.#db.isTakenOver;
  }

  async all(sql: string, ...values: Value[]): Promise<Row[]> {
    this.#note(sql, values);
    return await this.#db.all(sql, ...values);
  }

  async one(sql: string, ...values: Value[]): Promise<Row | undefined> {
    this.#note(sql, values);
    return await this.#db.one(sql, ...values);
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    this.#note(sql, values);
    return await this.#db.run(sql, ...values);
  }

  async runLast(sql: string, ...values: (string | number)[]): Promise<void> {
    this.#note(sql, values);
    await this.#db.runLast(sql, ...values);
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#db.transaction(work);
  }

  part<T>(work: () => Promise<T>): Promise<T> {
    return this.#db.part(work);
  }

  exclusively(...names: string[]): Promise<void> {
    return this.#db.exclusively(...names);
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    return this.#db.read(work);
  }

  snapshot<T>(work: () => Promise<T>): Promise<T> {
    return this.#db.snapshot(work);
  }

  truncateLog(): boolean {
    return this.#db.truncateLog();
  }

  size(): Promise<number> {
    return this.#db.size();
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
