import { DatabaseSync } from 'node:sqlite';

/** What an assignment leaves, by table: the columns that name it, its instance or its request, so that each copy has its own. */
const left = {
  assignment: {
    own: ['assignment_id', 'request_id', 'instance_id'],
    of: 'assignment_id = one.assignment_id',
  },
  instance: {
    own: ['instance_id', 'last_assignment', 'session_id', 'engine_id'],
    of: 'instance_id = one.instance_id',
  },
  usage: { own: ['assignment_id', 'instance_id'], of: 'assignment_id = one.assignment_id' },
  audit: { own: ['assignment_id', 'instance_id'], of: 'instance_id = one.instance_id' },
} as const;

/**
 * Makes a closed store keep so many assignments that ended, with their instances, as copies of one that did: to make each by
 * itself takes minutes.
 * @throws Error when there is none that ended
 */
export function keepAssignments(file: string, count: number): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('BEGIN');
    for (const [table, { own, of }] of Object.entries(left)) {
      const isOwn = (name: string): boolean => own.some((column) => column === name);
      const columns = database
        .prepare(`PRAGMA table_info(${table})`)
        .all()
        .map(({ name }) => String(name))
        .filter((name) => name !== 'seq');
      const names = columns.map((name) => `"${name}"`).join(', ');
      const copied = columns.map((name) =>
        isOwn(name) ? `iif("${name}" = '', '', "${name}" || '-' || n)` : `"${name}"`,
      );
      const { changes } = database
        .prepare(
          `WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?),
             one AS (SELECT assignment_id, instance_id FROM assignment WHERE state = 'RELEASED' AND instance_id <> ''
               ORDER BY create_time, assignment_id LIMIT 1),
             kept AS MATERIALIZED (SELECT ${table}.* FROM ${table}, one WHERE ${table}.${of})
           INSERT INTO ${table} (${names}) SELECT ${copied.join(', ')} FROM counted, kept`,
        )
        .run(count);
      if (changes === 0 && table === 'assignment') throw new Error('the store has no assignment that ended');
    }
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
