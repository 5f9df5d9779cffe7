import type { KnownRole, OnLoss } from '../../core/model.ts';
import type { Demand } from '../../core/placement.ts';
import { number, text, type Row } from './rows.ts';
import type { Database } from './database.ts';
import type { AppliedRole } from '../fleet.ts';

export class RoleRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async apply(roles: readonly AppliedRole[]): Promise<void> {
    await this.#db.transaction(async () => {
      for (const { name, userEnv, takesFiles, onLoss, silentAfterMs = 0 } of roles)
        await this.#db.run(
          `INSERT INTO role (name, user_env, takes_files, on_loss, silent_after_ms) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET user_env = excluded.user_env, takes_files = excluded.takes_files,
             on_loss = excluded.on_loss, silent_after_ms = excluded.silent_after_ms`,
          name,
          JSON.stringify(userEnv),
          takesFiles ? 1 : 0,
          onLoss,
          silentAfterMs,
        );
    });
  }

  /** @returns whether it was applied */
  async delete(name: string): Promise<boolean> {
    return (await this.#db.run('DELETE FROM role WHERE name = ?', name)) > 0;
  }

  /** What an operator applied. */
  async applied(name: string): Promise<Pick<KnownRole, 'onLoss' | 'silentAfterMs'> | undefined> {
    const row = await this.#db.one('SELECT on_loss, silent_after_ms FROM role WHERE name = ?', name);
    return row === undefined ? undefined : lossPolicyOf(row);
  }

  async list(): Promise<KnownRole[]> {
    const found = new Map<string, KnownRole>();
    for (const row of await this.#db.all('SELECT * FROM role')) {
      const name = text(row, 'name');
      found.set(name, {
        name,
        userEnv: userEnvOf(row),
        takesFiles: takesFilesOf(row),
        applied: true,
        readyInstances: 0,
        ...lossPolicyOf(row),
      });
    }
    const offered = await this.#db.all(
      `SELECT role AS name, user_env, max(takes_files) AS takes_files, sum(CASE WHEN state = 'READY' AND connected = 1 THEN 1 ELSE 0 END) AS ready
       FROM offer JOIN instance USING (instance_id) GROUP BY role, user_env ORDER BY role, user_env`,
    );
    for (const row of offered) {
      const name = text(row, 'name');
      const known = found.get(name) ?? {
        name,
        userEnv: [],
        takesFiles: false,
        applied: false,
        readyInstances: 0,
        onLoss: 'FAIL' as const,
      };
      const all = known.applied ? known.userEnv : [...new Set([...known.userEnv, ...userEnvOf(row)])];
      found.set(name, {
        ...known,
        userEnv: all,
        takesFiles: known.takesFiles || (!known.applied && takesFilesOf(row)),
        readyInstances: known.readyInstances + number(row, 'ready'),
      });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async refuses(
    role: string,
    { variables, hasFiles }: Demand,
  ): Promise<{ variables: string[]; files: boolean } | undefined> {
    const refusedBy = (row: Row) => {
      const userEnv = userEnvOf(row);
      const missing = variables.filter((name) => !userEnv.includes(name));
      return { variables: missing, files: hasFiles && !takesFilesOf(row) };
    };
    const applied = await this.#db.one('SELECT user_env, takes_files FROM role WHERE name = ?', role);
    if (applied !== undefined) return refusedBy(applied);
    let least: ReturnType<typeof refusedBy> | undefined;
    const weight = (one: ReturnType<typeof refusedBy>): number => one.variables.length + (one.files ? 1 : 0);
    for await (const row of this.#offers(role)) {
      const refused = refusedBy(row);
      if (least === undefined || weight(refused) < weight(least)) least = refused;
      if (weight(least) === 0) break;
    }
    return least;
  }

  /** The offers of a role, read in pages: most often the first one decides. */
  async *#offers(role: string): AsyncGenerator<Row> {
    let last = '';
    for (let limit = 1; ; limit = 256) {
      const rows = await this.#db.all(
        'SELECT instance_id, user_env, takes_files FROM offer WHERE role = ? AND instance_id > ? ORDER BY instance_id LIMIT ?',
        role,
        last,
        limit,
      );
      yield* rows;
      if (rows.length < limit) return;
      last = text(rows.at(-1) ?? {}, 'instance_id');
    }
  }
}

function userEnvOf(row: Row): string[] {
  return JSON.parse(text(row, 'user_env')) as string[];
}

function takesFilesOf(row: Row): boolean {
  return number(row, 'takes_files') === 1;
}

function lossPolicyOf(row: Row): Pick<KnownRole, 'onLoss' | 'silentAfterMs'> {
  const silentAfterMs = number(row, 'silent_after_ms');
  return { onLoss: text(row, 'on_loss') as OnLoss, ...(silentAfterMs > 0 ? { silentAfterMs } : {}) };
}
