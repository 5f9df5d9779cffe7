import type { KnownRole } from '../core/model.ts';
import { number, text } from './rows.ts';
import type { Row, SqliteDatabase } from './sqlite-database.ts';
import type { RoleStore } from './store.ts';

export class SqliteRoles implements RoleStore {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  apply(roles: readonly { name: string; userEnv: string[] }[]): void {
    this.#db.transaction(() => {
      for (const { name, userEnv } of roles)
        this.#db.run(
          `INSERT INTO role (name, user_env) VALUES (?, ?)
           ON CONFLICT (name) DO UPDATE SET user_env = excluded.user_env`,
          name,
          JSON.stringify(userEnv),
        );
    });
  }

  list(): KnownRole[] {
    const found = new Map<string, KnownRole>();
    for (const row of this.#db.all('SELECT name, user_env FROM role')) {
      const name = text(row, 'name');
      found.set(name, { name, userEnv: userEnvOf(row), applied: true, readyInstances: 0 });
    }
    const offered = this.#db.all(
      `SELECT role AS name, user_env, sum(state = 'READY') AS ready
       FROM offer JOIN instance USING (instance_id) GROUP BY role, user_env ORDER BY role, user_env`,
    );
    for (const row of offered) {
      const name = text(row, 'name');
      const known = found.get(name) ?? { name, userEnv: [], applied: false, readyInstances: 0 };
      const all = known.applied ? known.userEnv : [...new Set([...known.userEnv, ...userEnvOf(row)])];
      found.set(name, {
        ...known,
        userEnv: all,
        readyInstances: known.readyInstances + number(row, 'ready'),
      });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  refuses(role: string, variables: readonly string[]): string[] | undefined {
    const refusedBy = (row: Row): string[] => {
      const userEnv = userEnvOf(row);
      return variables.filter((name) => !userEnv.includes(name));
    };
    const applied = this.#db.one('SELECT user_env FROM role WHERE name = ?', role);
    if (applied !== undefined) return refusedBy(applied);
    let fewest: string[] | undefined;
    for (const row of this.#db.each('SELECT user_env FROM offer WHERE role = ?', role)) {
      const refused = refusedBy(row);
      if (fewest === undefined || refused.length < fewest.length) fewest = refused;
      if (fewest.length === 0) break;
    }
    return fewest;
  }
}

function userEnvOf(row: Row): string[] {
  return JSON.parse(text(row, 'user_env')) as string[];
}
