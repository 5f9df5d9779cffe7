import { DatabaseSync } from 'node:sqlite';

/**
 * Makes a closed store keep so many assignments that ended, as copies of one that did: to make each by itself takes minutes.
 * @throws Error when there is none that ended
 */
export function keepAssignments(file: string, count: number): void {
  const database = new DatabaseSync(file);
  try {
    const columns = database
      .prepare('PRAGMA table_info(assignment)')
      .all()
      .map(({ name }) => `"${String(name)}"`);
    const own = new Set(['"assignment_id"', '"request_id"']);
    const copied = columns.map((name) => (own.has(name) ? `${name} || '-' || n` : name));
    const { changes } = database
      .prepare(
        `WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?),
           one AS (SELECT * FROM assignment WHERE release_time > 0 LIMIT 1)
         INSERT INTO assignment (${columns.join(', ')}) SELECT ${copied.join(', ')} FROM one, counted`,
      )
      .run(count);
    if (changes === 0) throw new Error('the store has no assignment that ended');
  } finally {
    database.close();
  }
}
