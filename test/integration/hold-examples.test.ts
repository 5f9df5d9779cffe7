import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderDocument } from '../../agent/hold/order-document.ts';
import { gateCompiler } from '../../packaging/dev/gate-build.ts';
import { command } from '../testbed/command.ts';
import { postgresMissing } from '../testbed/postgres.ts';
import type { Started } from '../testbed/processes.ts';
import { waitFor } from '../testbed/wait.ts';
import { HeldPrograms } from '../support/held-program.ts';
import { order } from '../support/role-builders.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(
  gateCompiler(process.arch === 'arm64' ? 'arm64' : 'x64') === undefined
    ? 'need a C compiler'
    : postgresMissing(),
);
const examples = join(import.meta.dirname, '../../docs/examples/hold');
const example = (name: string): string => join(examples, name);

/** What answers with its user's name, where its runtime is on this machine. */
const servers = [
  { name: 'Node', program: process.execPath, words: [process.execPath, example('server.mjs')] },
  { name: 'Python', program: '/usr/bin/python3', words: ['/usr/bin/python3', example('server.py')] },
  { name: 'Java', program: '/usr/bin/javac', words: ['/usr/bin/java', example('Server.java')] },
  { name: 'nginx', program: '/usr/sbin/nginx', words: [example('nginx.sh')] },
].filter(({ program }) => existsSync(program));

describe.skipIf(missing !== undefined)(`the examples of hold ${missing ?? ''}`, () => {
  let directory: string;
  let held: HeldPrograms;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-examples-'));
    held = await HeldPrograms.in(directory);
  });
  afterAll(async () => {
    await held.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Holds a program until it reads, and gives it an order. */
  async function hold(words: readonly string[], env: Readonly<Record<string, string>>): Promise<Started> {
    const key = await held.place();
    const program = held.start(key, words, env);
    await waitFor('it to read its order', () => {
      if (program.ended() !== undefined) throw new Error(`it ended: ${program.log()}`);
      return held.places.readers(key) === 'one';
    });
    const document = orderDocument(
      { ...order, env: { APP_PASSWORD: "it's secret" } },
      { userEnv: ['APP_PASSWORD'] },
      'i-1',
    );
    expect(await held.give(key, document)).toEqual({ kind: 'whole' });
    return program;
  }

  test.each(servers)('$name answers its user once it has its order', async ({ name, words }) => {
    const port = await freePort();
    const own = name === 'nginx' ? [nginxIn(join(directory, 'nginx'), port)] : [];
    const program = await hold([...words, ...own], { PORT: String(port) });
    const text = await waitFor('its answer', async () => {
      if (program.ended() !== undefined) throw new Error(`it ended: ${program.log()}`);
      const page = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      return page?.status === 200 ? await page.text() : undefined;
    });
    expect(text).toBe('Hello alice\n');
  });

  test('PostgreSQL lets its role in with the password of the order, and not before', async () => {
    const port = await freePort();
    const home = '/usr/lib/postgresql';
    const bin = join(home, readdirSync(home).sort((a, b) => Number(b) - Number(a))[0] ?? '', 'bin');
    const data = mkdtempSync(join(tmpdir(), 'parbake-example-pg-'));
    // Its user sees the order where a container would: mounted somewhere else.
    const mounted = 'mount --bind "$(dirname "$PARBAKE_ORDER")" /mnt; PARBAKE_ORDER=/mnt/order exec "$@"';
    const inContainer = ['unshare', '--mount', 'sh', '-ec', mounted, 'sh'];
    const asPostgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];
    await command('chown', ['postgres', data]);
    const cluster = join(data, 'cluster');
    const initdb = [join(bin, 'initdb'), '-D', cluster, '-U', 'postgres', '-A', 'trust', '--no-sync'];
    await command('setpriv', [...asPostgres.slice(1), ...initdb], { cwd: data });
    writeFileSync(join(cluster, 'pg_hba.conf'), 'local all all trust\nhost all app all scram-sha-256\n');
    const roleFile = join(data, 'role.sql');
    writeFileSync(roleFile, 'CREATE ROLE app\n');
    const make = ['--single', '-D', cluster, 'postgres'];
    await command('setpriv', [...asPostgres.slice(1), join(bin, 'postgres'), ...make], {
      cwd: data,
      stdin: roleFile,
    });
    const env = {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      PGHOST: data,
      PGPORT: String(port),
      PGUSER: 'postgres',
    };
    const settings = ['-D', cluster, '-k', data, '-p', String(port), '-c', 'fsync=off'];
    const logIn = async (): Promise<string> => {
      const client = new Client({
        host: '127.0.0.1',
        port,
        user: 'app',
        password: "it's secret",
        database: 'postgres',
      });
      client.on('error', () => {});
      try {
        await client.connect();
        const { rows } = await client.query<{ who: string }>('SELECT current_user AS who');
        return rows[0]?.who ?? '';
      } finally {
        await client.end().catch(() => {});
      }
    };
    try {
      const program = await hold([...inContainer, ...asPostgres, example('postgresql.sh'), ...settings], env);
      expect(await waitFor('the log-in', () => logIn().catch(() => undefined))).toBe('app');
      await program.stop('SIGINT');
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The example's configuration in a directory of its own. */
function nginxIn(directory: string, port: number): string {
  mkdirSync(join(directory, 'run'), { recursive: true });
  cpSync(example('nginx.conf'), join(directory, 'nginx.conf'));
  const configuration = readFileSync(join(directory, 'nginx.conf'), 'utf8');
  writeFileSync(join(directory, 'nginx.conf'), configuration.replace('listen 8080', `listen ${port}`));
  return directory;
}
