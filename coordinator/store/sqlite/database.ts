import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { closeSync, openSync } from 'node:fs';
import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Row } from './rows.ts';

/** One step of a schema: SQL, or a function for what SQL cannot do. */
export type Migration = string | ((db: SqliteDatabase) => void);

/** A SQLite file with our schema, transactions and typed rows. Everything is synchronous: one writer. */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #isInTransaction = false;

  /**
   * @param path a file, or `:memory:`
   * @param migrations one for each version; a file of version N has had the first N
   * @throws ParbakeError STORE_FAILED
   */
  constructor(path: string, migrations: readonly Migration[]) {
    try {
      // Orders hold their users' variables: the file, and with it its log, is the owner's alone.
      if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
      this.#database = new DatabaseSync(path);
      // EXCLUSIVE keeps a second coordinator off the same file. FULL: what was acknowledged survives a power cut.
      this.#database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768',
      );
      this.#migrate(path, migrations);
    } catch (cause) {
      throw storeError(`cannot open the store ${path}`, cause);
    }
  }

  #migrate(path: string, migrations: readonly Migration[]): void {
    const version = Number(this.one('PRAGMA user_version')?.['user_version'] ?? 0);
    if (version > migrations.length) {
      throw new ParbakeError(
        'STORE_FAILED',
        `the store ${path} has version ${version}, and this coordinator knows ${migrations.length}: it is too old`,
      );
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      this.transaction(() => {
        if (typeof migration === 'string') this.#database.exec(migration);
        else migration(this);
        this.#database.exec(`PRAGMA user_version = ${index + 1}`);
      });
    }
    // Takes the lock now, so that a store in use is told at start and not at the first assignment.
    this.transaction(() => this.#database.exec(`PRAGMA user_version = ${migrations.length}`));
  }

  /** All of `work` or nothing. A transaction inside another is part of it. */
  transaction<T>(work: () => T): T {
    if (this.#isInTransaction) return work();
    this.#database.exec('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw cause instanceof ParbakeError ? cause : storeError('the store refused a change', cause);
    } finally {
      this.#isInTransaction = false;
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  /** Rows one by one: whoever has enough stops reading. The statement must not be run again meanwhile. */
  each(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#statement(sql).iterate(...values);
  }

  one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  /** @returns how many rows changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Bytes of pages in use. */
  size(): number {
    const read = (name: string): number => Number(this.one(`PRAGMA ${name}`)?.[name] ?? 0);
    return (read('page_count') - read('freelist_count')) * read('page_size');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

function storeError(what: string, cause: unknown): ParbakeError {
  if (cause instanceof ParbakeError) return cause;
  const reason = reasonOf(cause);
  const hint = /locked/.test(reason) ? 'another coordinator has it open' : reason;
  return new ParbakeError('STORE_FAILED', `${what}: ${hint}`, { cause });
}
