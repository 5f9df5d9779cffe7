import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { command } from './command.ts';
import { removeTree } from './remove-tree.ts';
import { startProgram, type Started } from './processes.ts';
import { waitFor } from './wait.ts';

/** Where Debian has a directory for each version. */
const versions = '/usr/lib/postgresql';
/** PostgreSQL does not run as root. */
const asPostgres = ['--reuid=postgres', '--regid=postgres', '--init-groups'];

/** A run that is killed leaves no server behind. */
const untilWeEnd = ['--pdeathsig=INT'];

/** A PostgreSQL of its own, which is reached through a socket in its directory and not over the network. */
export interface Postgres {
  /** Makes an empty database. @returns its address for `--store` */
  database(): Promise<string>;
  /** Makes an empty schema in a database that others share, which takes less time. @returns its address for `--store` */
  schema(): Promise<string>;
  /** A session of its own with a database. */
  client(url: string): Promise<Client>;
  /** Starts PgBouncer, which hands sessions to one transaction after the other. @returns what reaches a store through it */
  pooled(url: string): Promise<string>;
  /** Kills every process at once, as a crash of the machine would, but for what the kernel has in its cache. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it, and removes everything it had. */
  close(): Promise<void>;
}

/** Why this machine cannot run a PostgreSQL. */
export function postgresMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync(versions)) return 'needs the package postgresql';
  return existsSync('/usr/sbin/pgbouncer') ? undefined : 'needs the package pgbouncer';
}

/** Its directory is its own user's, who could not enter a test's. */
export async function startPostgres(): Promise<Postgres> {
  const version = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] ?? '';
  const program = (name: string): string => join(versions, version, 'bin', name);
  const directory = mkdtempSync(join(tmpdir(), 'parbake-postgres-'));
  const data = join(directory, 'data');
  await command('chown', ['postgres', directory]);
  const options = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  await command('setpriv', [...asPostgres, program('initdb'), '-D', data, ...options], { cwd: directory });
  // What is killed here is processes, and the kernel keeps what they wrote: a flush would only take time.
  const settings = ['listen_addresses=', `unix_socket_directories=${directory}`, 'fsync=off'];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  let server: Started | undefined;
  let pooler: Started | undefined;
  let made = 0;

  const client = async (url: string): Promise<Client> => {
    const opened = new Client({ connectionString: url });
    // The server may be killed under it.
    opened.on('error', () => {});
    await opened.connect();
    return opened;
  };
  const urlOf = (name: string): string =>
    `postgres://postgres@/${name}?host=${encodeURIComponent(directory)}`;
  const isUp = async (): Promise<boolean> => {
    if (server?.ended() !== undefined) throw new Error(`PostgreSQL ended: ${server.log()}`);
    const opened = await client(urlOf('postgres')).catch(() => undefined);
    await opened?.end();
    return opened !== undefined;
  };
  const start = async (): Promise<void> => {
    const args = [...asPostgres, ...untilWeEnd, program('postgres'), '-D', data, ...flags];
    server = startProgram('setpriv', args, join(directory, 'server.log'));
    await waitFor('PostgreSQL to answer', isUp);
  };
  await start();
  return {
    client,
    start,
    async database() {
      const name = `test_${++made}`;
      const admin = await client(urlOf('postgres'));
      await admin.query(`CREATE DATABASE ${name}`);
      await admin.end();
      return urlOf(name);
    },
    async schema() {
      const name = `test_${++made}`;
      const admin = await client(urlOf('postgres'));
      await admin.query(`CREATE SCHEMA ${name}`);
      await admin.end();
      return `${urlOf('postgres')}&options=${encodeURIComponent(`-c search_path=${name}`)}`;
    },
    async pooled(url) {
      const settings = join(directory, 'pgbouncer.ini');
      const socket = join(directory, 'pooled');
      mkdirSync(socket);
      await command('chown', ['postgres', socket]);
      writeFileSync(
        settings,
        `[databases]
         * = host=${directory} user=postgres
         [pgbouncer]
         pool_mode = transaction
         auth_type = any
         unix_socket_dir = ${socket}
         listen_port = 5432`.replaceAll(/^ +/gm, ''),
      );
      pooler = startProgram(
        'setpriv',
        [...asPostgres, ...untilWeEnd, '/usr/sbin/pgbouncer', settings],
        join(directory, 'pgbouncer.log'),
      );
      const pooled = url.replace(encodeURIComponent(directory), encodeURIComponent(socket));
      await waitFor('PgBouncer to answer', async () => {
        if (pooler?.ended() !== undefined) throw new Error(`PgBouncer ended: ${pooler.log()}`);
        const opened = await client(pooled).catch(() => undefined);
        await opened?.end();
        return opened !== undefined;
      });
      return pooled;
    },
    async kill() {
      if (server === undefined) return;
      // Stopped first, so that it starts no other one meanwhile.
      server.child.kill('SIGSTOP');
      const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
      for (const pid of children.trim().split(' ').map(Number)) process.kill(pid, 'SIGKILL');
      await server.stop('SIGKILL');
    },
    async close() {
      await pooler?.stop('SIGKILL');
      await server?.stop('SIGINT');
      await removeTree(directory);
    },
  };
}
