import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { chmodSync, closeSync, existsSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Database, Dialect, Value } from '../sql/database.ts';
import type { Row } from '../sql/rows.ts';

/** The parts of a database that a migration uses. */
export interface MigratedDatabase {
  all(sql: string, ...values: Value[]): Row[];
  run(sql: string, ...values: Value[]): number;
}

/** One step of a schema: SQL, or a function for what SQL cannot do. */
export type Migration = string | ((db: MigratedDatabase) => void);

const dialect: Dialect = {
  elements: (column) => `json_each(${column})`,
  newestEvent: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'",
  isShared: false,
  lock: () => '',
  lockFree: () => '',
};

/**
 * A SQLite file with typed rows and transactions. SQLite answers before a call returns, so it belongs in a thread of its
 * own; what a caller awaits is there already.
 */
export class SqliteDatabase implements Database {
  readonly dialect = dialect;
  readonly replicaId = '';
  /** The lock on the file lasts as long as the process. */
  readonly isTakenOver = false;
  readonly #database: DatabaseSync;
  /** Held for as long as the store is open: its lock keeps a second coordinator off the same file. */
  readonly #lock: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #isInTransaction = false;
  /** Whether the transaction has no part yet. */
  #isUntouched = false;

  /** @throws ParbakeError STORE_FAILED */
  private constructor(path: string, isReader: boolean) {
    try {
      const isFile = path !== ':memory:';
      // Orders hold their users' variables: the file, and with it its log, is the owner's alone.
      if (isFile && !isReader) makePrivate(path);
      if (isFile && !isReader) this.#lock = lockOf(path);
      this.#database = new DatabaseSync(path, { readOnly: isReader });
      if (!isReader) refuseForeign(this.#database);
      // FULL: what was acknowledged survives a power cut.
      this.#database.exec(
        isReader
          ? 'PRAGMA cache_size = -16384'
          : 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768',
      );
    } catch (cause) {
      this.#lock?.close();
      throw storeError(`cannot open the store ${path}`, cause);
    }
  }

  /**
   * The one connection that writes, with the newest schema.
   * @param path a file, or `:memory:`
   * @param migrations one for each version; a file of version N has had the first N
   * @throws ParbakeError STORE_FAILED
   */
  static writer(path: string, migrations: readonly Migration[]): SqliteDatabase {
    const database = openWithReserve(path, () => new SqliteDatabase(path, false));
    try {
      database.#migrate(path, migrations);
      return database;
    } catch (cause) {
      database.#close();
      const error = storeError(`cannot open the store ${path}`, cause);
      if (error.message.includes(path)) throw error;
      throw new ParbakeError('STORE_FAILED', `cannot open the store ${path}: ${error.message}`, { cause });
    }
  }

  /** One more connection to a file that a writer has open; it sees what was committed. @throws ParbakeError STORE_FAILED */
  static reader(path: string): SqliteDatabase {
    return new SqliteDatabase(path, true);
  }

  #migrate(path: string, migrations: readonly Migration[]): void {
    const version = this.#pragma('user_version');
    if (version > migrations.length) {
      throw new ParbakeError(
        'STORE_FAILED',
        `the store ${path} has version ${version}, and this coordinator knows ${migrations.length}: it is too old`,
      );
    }
    if (version === migrations.length) return;
    const migrated: MigratedDatabase = {
      all: (sql, ...values) => this.#statement(sql).all(...values),
      run: (sql, ...values) => Number(this.#statement(sql).run(...values).changes),
    };
    // All in one transaction: a migration that fails leaves a store that the former version opens.
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const migration of migrations.slice(version))
        if (typeof migration === 'string') this.#database.exec(migration);
        else migration(migrated);
      this.#database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw cause;
    }
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isInTransaction) return await work();
    this.#isInTransaction = true;
    this.#isUntouched = true;
    try {
      this.#statement('BEGIN IMMEDIATE').run();
      const result = await work();
      this.#statement('COMMIT').run();
      return result;
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw storeError('the store refused a change', cause);
    } finally {
      this.#isInTransaction = false;
    }
  }

  async part<T>(work: () => Promise<T>): Promise<T> {
    // Nothing comes before the first part, so it needs no savepoint: it is undone with the whole transaction.
    const isFirst = this.#isUntouched;
    this.#isUntouched = false;
    if (!isFirst) this.#statement('SAVEPOINT part').run();
    try {
      const result = await work();
      if (!isFirst) this.#statement('RELEASE part').run();
      return result;
    } catch (cause) {
      // A full disk ends the whole transaction.
      if (this.#database.isTransaction)
        this.#database.exec(isFirst ? 'ROLLBACK; BEGIN IMMEDIATE' : 'ROLLBACK TO part; RELEASE part');
      throw storeError('the store refused a change', cause);
    }
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  async read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw storeError('the store cannot be read', cause);
    }
  }

  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.read(async () => {
        this.#database.exec('BEGIN');
        return await work();
      });
    } finally {
      if (this.#database.isTransaction) this.#database.exec('COMMIT');
    }
  }

  async all(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#statement(sql).all(...values);
  }

  async one(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return this.#statement(sql).get(...values);
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Nobody else writes. */
  async exclusively(): Promise<void> {}

  /** Nobody waits for it. */
  async runLast(sql: string, ...values: Value[]): Promise<void> {
    this.#statement(sql).run(...values);
  }

  truncateLog(): boolean {
    try {
      return this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
    } catch {
      // On a full disk, for example. Whoever writes next is told.
      return false;
    }
  }

  /** A file does not shrink, but its free pages are used again. */
  async size(): Promise<number> {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }

  async close(): Promise<void> {
    this.#close();
  }

  #close(): void {
    this.#statements.clear();
    this.#database.close();
    this.#lock?.close();
  }

  #pragma(name: string): number {
    return Number(this.#statement(`PRAGMA ${name}`).get()?.[name] ?? 0);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

/** An existing file may come from another program or a restored backup, and have its mode. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}

/** Bytes that opening a store needs for its log and its index. */
const reserve = 128 * 1024;

/** Opens a store on a full disk too: some bytes beside it are kept for that, and given up when they are needed. */
function openWithReserve(path: string, open: () => SqliteDatabase): SqliteDatabase {
  if (path === ':memory:') return open();
  const file = `${path}-reserve`;
  try {
    const database = open();
    if (!existsSync(file)) keepReserve(file);
    return database;
  } catch (cause) {
    if (!isFull(cause) || !existsSync(file)) throw cause;
    rmSync(file);
    return open();
  }
}

/** SQLITE_FULL, or SQLITE_IOERR where a file cannot grow. */
function isFull(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('errcode' in cause)) return false;
  return [10, 13].includes(Number(cause.errcode) & 0xff);
}

function keepReserve(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(reserve), { mode: 0o600 });
  } catch {
    // The disk is full already; the next start tries again.
    rmSync(file, { force: true });
  }
}

/**
 * A lock that ends with the process. SQLite's own exclusive mode would keep our reader off as well.
 * @throws when another process has it
 */
function lockOf(path: string): DatabaseSync {
  const name = `${realpathSync(path)}-lock`;
  closeSync(openSync(name, 'a', 0o600));
  const lock = new DatabaseSync(name);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    throw cause;
  }
}

/** Looks before anything is changed. @throws Error when the file is a database of another program */
function refuseForeign(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const isOurs = version === 0 ? tables.length === 0 : tables.some(({ name }) => name === 'assignment');
  if (!isOurs) throw new Error('it is a database of another program; give another path');
}

function storeError(what: string, cause: unknown): ParbakeError {
  if (cause instanceof ParbakeError) return cause;
  const reason = reasonOf(cause);
  const hint = /locked/.test(reason) ? 'another coordinator has it open' : reason;
  return new ParbakeError('STORE_FAILED', `${what}: ${hint}`, { cause });
}
