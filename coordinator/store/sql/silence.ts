import { isMassSilence, massSilenceWindow } from '../../core/limits.ts';
import type { Instance, Moment } from '../../core/model.ts';
import { number, text } from './rows.ts';
import type { Tables } from './tables.ts';

/** Roles of whose pools so many fell silent at once that nothing is concluded from it. */
export async function rolesInMassSilence({ db }: Tables, { steady }: Moment): Promise<string[]> {
  return (
    await db.all(
      `SELECT role, count(*) AS total,
         sum(CASE WHEN connected = 0 AND session_steady > ? THEN 1 ELSE 0 END) AS fell
       FROM offer JOIN instance USING (instance_id) WHERE state NOT IN ('LOST', 'EXPECTED', 'PARKED', 'PARKING')
       GROUP BY role`,
      steady - massSilenceWindow,
    )
  )
    .filter((row) => isMassSilence(number(row, 'fell'), number(row, 'total')))
    .map((row) => text(row, 'role'));
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
