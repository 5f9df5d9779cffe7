import { Client, types, type QueryResult } from 'pg';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Value } from '../sql/database.ts';
import type { Row } from '../sql/rows.ts';
import { toPostgres, toPostgresValue } from './statement.ts';

const oldestVersion = 15;
/** Milliseconds: a server in the same region answers in some ten. */
const connectTimeout = 10_000;
/** Milliseconds for one statement. The slowest ones remove old rows, a limited number at a time. */
const statementTimeout = 60_000;

/** Milliseconds that a transaction may wait for its client. */
const idleTimeout = 5_000;

/** Numbers as numbers, and JSON as the text that was written: the shared body reads both the same way from SQLite. */
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [types.builtins.NUMERIC, Number],
  [types.builtins.JSON, String],
]);

/** One session of PostgreSQL, checked when it is opened. */
export class PostgresConnection {
  readonly #client: Client;
  readonly #names = new Map<string, { name: string; text: string }>();
  #channel = '';
  #isOpen = true;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * @param onMessage is told of each message to the channel that the session listens to, and of `undefined` once it is over
   * @throws ParbakeError STORE_FAILED when this server cannot hold a store; what `pg` throws when it is unreachable
   */
  static async open(
    url: string,
    onMessage?: (payload: string | undefined) => void,
  ): Promise<PostgresConnection> {
    const client = new Client({
      connectionString: url,
      application_name: onMessage === undefined ? 'parbake-coordinator' : 'parbake-coordinator peers',
      connectionTimeoutMillis: connectTimeout,
      keepAlive: true,
      query_timeout: statementTimeout,
      types: {
        getTypeParser: (type, format) => parsers.get(type) ?? types.getTypeParser(type, format),
      },
    });
    const connection = new PostgresConnection(client);
    client.on('error', () => (connection.#isOpen = false));
    client.on('end', () => {
      connection.#isOpen = false;
      onMessage?.(undefined);
    });
    client.on('notification', ({ payload = '' }) => onMessage?.(payload));
    try {
      await client.connect();
      await connection.#check();
      return connection;
    } catch (cause) {
      connection.abandon();
      throw cause;
    }
  }

  async #check(): Promise<void> {
    const { rows } = await this.command(
      `SELECT current_setting('server_version_num')::int / 10000 AS version, pg_backend_pid() AS pid,
         current_setting('server_encoding') AS encoding, current_schema() AS schema,
         pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
         current_setting('synchronous_commit') AS durability`,
    );
    const row = rows[0] ?? {};
    const problem = problemOf(row, 'processID' in this.#client ? this.#client.processID : undefined);
    if (problem !== undefined) throw new ParbakeError('STORE_FAILED', problem);
    // What was acknowledged survives a crash of the server, whatever its default is.
    if (row['durability'] === 'off') await this.command('SET synchronous_commit = on');
    // Should this machine vanish, the server notices and gives up our lock. A socket of the same machine needs none of it.
    await this.command(
      'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3',
    );
    // A coordinator that stops in a transaction keeps others waiting for no longer than this.
    await this.command(`SET idle_in_transaction_session_timeout = ${idleTimeout}`);
  }

  /** Hears from now on what is told about this store. */
  async listen(): Promise<void> {
    // Other stores in the same database have other schemas.
    const { rows } = await this.command(`SELECT 'parbake_' || md5(current_schema()) AS channel`);
    this.#channel = String(rows[0]?.['channel']);
    await this.command(`LISTEN ${this.#channel}`);
  }

  /** Tells everybody who listens, also this session. @param payload up to 7,999 bytes */
  async notify(payload: string): Promise<void> {
    await this.command('SELECT pg_notify($1, $2)', [this.#channel, payload]);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Carries out a statement of the shared body, prepared once. */
  async query(sql: string, values: readonly Value[]): Promise<QueryResult<Row>> {
    let known = this.#names.get(sql);
    if (known === undefined) {
      known = { name: `s${this.#names.size}`, text: toPostgres(sql) };
      this.#names.set(sql, known);
    }
    return await this.#client.query<Row>({ ...known, values: values.map(toPostgresValue) });
  }

  /** Carries out commands in PostgreSQL's own words. */
  async command(sql: string, values?: readonly Value[]): Promise<QueryResult<Row>> {
    return await this.#client.query<Row>(sql, values === undefined ? undefined : [...values]);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#client.end();
  }

  /** Gives the session up without waiting for the server, which may be gone. */
  abandon(): void {
    this.#isOpen = false;
    this.#client.end().catch(() => {});
  }
}

/** @param processId of the session, as whoever accepted the connection says */
function problemOf(row: Row, processId: unknown): string | undefined {
  const { version, pid, encoding, schema, read_only: isReadOnly } = row;
  if (Number(version) < oldestVersion)
    return `PostgreSQL ${String(version)} is too old: ${oldestVersion} or newer is needed`;
  // A pooler invents this number. Behind one, the lock that keeps a second coordinator off would be somebody else's.
  if (pid !== processId)
    return 'there is a connection pooler in front of PostgreSQL: give the address of PostgreSQL itself';
  if (encoding !== 'UTF8') return `the database is encoded in ${String(encoding)}: create it with UTF8`;
  if (isReadOnly === true) return 'PostgreSQL is read-only: give the address of the primary';
  if (schema === null) return 'the search_path names no schema that exists';
  return undefined;
}
