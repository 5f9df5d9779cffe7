import type { SealedRow, SealedUseCases } from '../sealed.ts';
import { text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

export function sealedCommands({ db }: Tables): SealedUseCases {
  return {
    async sealedOtherwise(keyId, limit) {
      const rows = await db.all(
        `SELECT assignment_id, sealed_by, env, files, fingerprint, content_hash FROM assignment
         WHERE sealed_by = '' OR (sealed_by <> ? AND (env <> '{}' OR files <> '{}')) LIMIT ?`,
        keyId,
        limit,
      );
      return rows.map(toSealedRow);
    },
    async reseal(rows) {
      for (const { assignmentId, sealedBy, env, files, fingerprint, contentHash } of rows)
        await db.run(
          // What an assignment set is gone once it is over, which it may be since it was read.
          `UPDATE assignment SET sealed_by = ?, env = CASE WHEN env = '{}' THEN env ELSE ? END,
             files = CASE WHEN files = '{}' THEN files ELSE ? END, fingerprint = ?, content_hash = ?
           WHERE assignment_id = ?`,
          sealedBy,
          JSON.stringify(env),
          JSON.stringify(files),
          fingerprint,
          contentHash,
          assignmentId,
        );
    },
  };
}

function toSealedRow(row: Row): SealedRow {
  return {
    assignmentId: text(row, 'assignment_id'),
    sealedBy: text(row, 'sealed_by'),
    env: JSON.parse(text(row, 'env')) as Record<string, string>,
    files: JSON.parse(text(row, 'files')) as Record<string, string>,
    fingerprint: text(row, 'fingerprint'),
    contentHash: text(row, 'content_hash'),
  };
}
