import { isMassSilence, massSilenceWindow } from '../../core/limits.ts';
import type { Instance, Moment } from '../../core/model.ts';
import type { Database } from './database.ts';
import { number, sqlList, text } from './rows.ts';
import type { Tables } from './tables.ts';

/** Nobody expects to hear of them. */
const uncounted = sqlList(['LOST', 'EXPECTED', 'PARKED', 'PARKING']);

/** Roles of whose pools so many fell silent at once that nothing is concluded from it. */
export async function rolesInMassSilence({ db }: Tables, { steady }: Moment): Promise<string[]> {
  const fell = await db.all(
    `SELECT role, count(*) AS fell FROM instance INDEXED BY instance_fell JOIN offer USING (instance_id)
     WHERE connected = 0 AND session_steady > ? AND state NOT IN ${uncounted} GROUP BY role`,
    steady - massSilenceWindow,
  );
  const silent: string[] = [];
  for (const row of fell) {
    const [role, count] = [text(row, 'role'), number(row, 'fell')];
    // All are counted only where it may be one: there are thousands.
    if (isMassSilence(count, count) && isMassSilence(count, await countOf(db, role))) silent.push(role);
  }
  return silent;
}

async function countOf(db: Database, role: string): Promise<number> {
  const row = await db.one(
    `SELECT count(*) AS total FROM offer JOIN instance USING (instance_id)
     WHERE role = ? AND state NOT IN ${uncounted}`,
    role,
  );
  return number(row ?? {}, 'total');
}

/** Whether an instance fell silent together with many others of one of its pools. */
export async function isOfMassSilence(
  tables: Tables,
  { roles, sessionSteady }: Instance,
  at: Moment,
): Promise<boolean> {
  if (sessionSteady <= at.steady - massSilenceWindow) return false;
  const held = await rolesInMassSilence(tables, at);
  return roles.some(({ name }) => held.includes(name));
}
