import type { QueryResult } from 'pg';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Database, Dialect, Value } from '../sql/database.ts';
import type { Row } from '../sql/rows.ts';
import type { PostgresConnection } from './connection.ts';
import { isConflict, isConnectionLost, storeFailure } from './failure.ts';
import { enter, fence, leave, type Replica } from './lease.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import { openAlone, openShared, openSession } from './open.ts';
import { withLiterals } from './statement.ts';

/** How often a transaction that met another one is tried. */
const maxTries = 10;
const beginWrite = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const beginRead = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

const reading: Dialect = {
  elements: (column) => `json_array_elements(${column}) AS element (value)`,
  newestEvent: 'SELECT seq FROM audit_newest',
  isShared: false,
  lock: () => '',
  lockFree: () => '',
};

/** Each statement sees what others have committed, so what is read to be changed is locked. */
const writing: Dialect = {
  ...reading,
  isShared: true,
  lock: (table) => ` FOR NO KEY UPDATE OF ${table}`,
  lockFree: (table) => ` FOR NO KEY UPDATE OF ${table} SKIP LOCKED`,
};

/**
 * A store in PostgreSQL, through one session. A session that breaks is replaced at the next call; what was not committed
 * by then has failed. Every transaction that writes first locks the coordinator's row among the replicas: whoever gives the
 * coordinator up deletes that row, so nothing of it is written afterwards.
 */
export class PostgresDatabase implements Database {
  readonly dialect: Dialect;
  readonly #reopen: () => Promise<PostgresConnection>;
  readonly #replica: Replica | undefined;
  readonly #beginWrite: string;
  #connection: PostgresConnection;
  #begin = '';
  #isInTransaction = false;
  #isTakenOver = false;
  /** Parts of the present transaction that were begun. */
  #parts = 0;
  /** Statements that come with its COMMIT. */
  #last: string[] = [];
  #conflict: unknown;
  /** Why the connection broke in the present transaction. */
  #lost: unknown;

  private constructor(
    dialect: Dialect,
    connection: PostgresConnection,
    reopen: () => Promise<PostgresConnection>,
    replica?: Replica,
  ) {
    this.dialect = dialect;
    this.#connection = connection;
    this.#reopen = reopen;
    this.#replica = replica;
    this.#beginWrite = replica === undefined ? beginWrite : `${beginWrite}; ${fence(replica)}`;
  }

  /**
   * The session that writes, with the newest schema.
   * @param replica the coordinator among those that have the store; absent for whoever wants it alone
   * @throws ParbakeError STORE_FAILED
   */
  static async writer(url: string, replica?: Replica): Promise<PostgresDatabase> {
    if (replica === undefined) {
      const reopen = (): Promise<PostgresConnection> => openAlone(url);
      const opened = await openAlone(url, (session) => migrate(session, migrations));
      return new PostgresDatabase(writing, opened, reopen);
    }
    const opened = await openShared(url, async (session) => {
      await migrate(session, migrations);
      await enter(session, replica);
    });
    return new PostgresDatabase(writing, opened, () => openShared(url), replica);
  }

  /** A session that reads beside it. @throws ParbakeError STORE_FAILED */
  static async reader(url: string): Promise<PostgresDatabase> {
    return new PostgresDatabase(reading, await openSession(url), () => openSession(url));
  }

  get replicaId(): string {
    return this.#replica?.replicaId ?? '';
  }

  get isInTransaction(): boolean {
    return this.#isInTransaction;
  }

  get isTakenOver(): boolean {
    return this.#isTakenOver;
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#begin !== '') return await work();
    for (let attempt = 1; ; attempt++) {
      this.#conflict = undefined;
      try {
        return await this.#carryOut(this.#beginWrite, work);
      } catch (cause) {
        if (this.#conflict === undefined || attempt === maxTries)
          throw storeFailure('the store refused a change', this.#conflict ?? this.#lost ?? cause);
      }
    }
  }

  async part<T>(work: () => Promise<T>): Promise<T> {
    try {
      // Nothing comes before the first part, so it needs no savepoint: it is undone with the whole transaction.
      const isFirst = ++this.#parts === 1;
      const before = this.#last.length;
      if (!isFirst)
        await this.#command(this.#parts === 2 ? 'SAVEPOINT part' : 'RELEASE part; SAVEPOINT part');
      try {
        return await work();
      } catch (cause) {
        this.#last.length = before;
        if (this.#isInTransaction)
          await (isFirst ? this.#restart('ROLLBACK') : this.#command('ROLLBACK TO part'));
        throw cause;
      }
    } catch (cause) {
      throw storeFailure('the store refused a change', cause);
    }
  }

  async read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      // An error ends what can be read in a transaction, and the others go on.
      if (this.#isInTransaction) await this.#restart('ROLLBACK');
      throw storeFailure('the store cannot be read', cause);
    }
  }

  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#carryOut(beginRead, work);
    } catch (cause) {
      throw storeFailure('the store cannot be read', this.#lost ?? cause);
    }
  }

  async all(sql: string, ...values: Value[]): Promise<Row[]> {
    return (await this.#query(sql, values)).rows;
  }

  async one(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return (await this.#query(sql, values)).rows[0];
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  async exclusively(...names: string[]): Promise<void> {
    await this.all(
      `SELECT pg_advisory_xact_lock(key) FROM (
         SELECT DISTINCT hashtextextended(current_schema() || ' ' || name, 0) AS key
         FROM json_array_elements_text(?) AS names (name) ORDER BY key) AS keys`,
      JSON.stringify(names),
    );
  }

  async runLast(sql: string, ...values: (string | number)[]): Promise<void> {
    this.#refuseEnded();
    this.#last.push(withLiterals(sql, values));
  }

  /** The log is the server's, and how long it is kept is its operator's decision. */
  truncateLog(): boolean {
    return true;
  }

  /** Tables with their indexes. What was removed is used again once PostgreSQL has vacuumed it. */
  async size(): Promise<number> {
    const row = await this.one(
      `SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0) AS bytes FROM pg_class
       WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`,
    );
    return Number(row?.['bytes'] ?? 0);
  }

  async close(): Promise<void> {
    if (this.#replica !== undefined && this.#connection.isOpen && !this.#isTakenOver)
      await leave(this.#connection, this.#replica).catch(() => this.#connection.abandon());
    await this.#connection.close();
  }

  async #carryOut<T>(begin: string, work: () => Promise<T>): Promise<T> {
    this.#lost = undefined;
    await this.#reconnect();
    this.#begin = begin;
    this.#parts = 0;
    this.#last = [];
    try {
      await this.#restart();
      const result = await work();
      this.#refuseEnded();
      // PostgreSQL answers the COMMIT of a transaction in which something failed with a ROLLBACK.
      const command = await this.#finish();
      this.#isInTransaction = false;
      if (command !== 'COMMIT') throw new ParbakeError('STORE_FAILED', 'the transaction was rolled back');
      return result;
    } catch (cause) {
      if (this.#isInTransaction) await this.#command('ROLLBACK').catch(() => {});
      throw cause;
    } finally {
      this.#isInTransaction = false;
      this.#begin = '';
    }
  }

  /** Begins a transaction, also in place of one that was given up. */
  async #restart(...before: string[]): Promise<void> {
    const answers = await this.#command([...before, this.#begin].join('; '));
    this.#isInTransaction = true;
    if (this.#begin !== this.#beginWrite || this.#replica === undefined) return;
    if (lastOf(answers)?.rowCount === 1) return;
    this.#isTakenOver = true;
    throw new ParbakeError('STORE_FAILED', 'other coordinators have given this one up');
  }

  /** One message to the server: what its last statements lock is locked for no longer than the commit takes. */
  async #finish(): Promise<string> {
    return lastOf(await this.#command([...this.#last, 'COMMIT'].join('; ')))?.command ?? '';
  }

  async #query(sql: string, values: readonly Value[]) {
    this.#refuseEnded();
    return await this.#notingFailure(() => this.#connection.query(sql, values));
  }

  async #command(sql: string) {
    return await this.#notingFailure(() => this.#connection.command(sql));
  }

  #refuseEnded(): void {
    if (this.#isInTransaction) return;
    if (this.#lost !== undefined) throw this.#lost;
    throw new ParbakeError('STORE_FAILED', 'the transaction was ended');
  }

  /** Some failures end the whole transaction, whatever part of it met them. */
  async #notingFailure<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (isConnectionLost(cause)) {
        this.#lost = cause;
        this.#connection.abandon();
        this.#isInTransaction = false;
      } else if (isConflict(cause)) {
        this.#conflict = cause;
        this.#isInTransaction = false;
        await this.#connection.command('ROLLBACK').catch(() => this.#connection.abandon());
      }
      throw cause;
    }
  }

  async #reconnect(): Promise<void> {
    if (!this.#connection.isOpen) this.#connection = await this.#reopen();
  }
}

/** A message of several statements has several answers. */
function lastOf(answers: QueryResult | QueryResult[]): QueryResult | undefined {
  return Array.isArray(answers) ? answers.at(-1) : answers;
}
