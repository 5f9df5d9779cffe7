import type { SealedRow, SealedUseCases } from '../sealed.ts';
import { text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

export function sealedCommands({ db }: Tables): SealedUseCases {
  return {
    async sealedOtherwise(keyId, limit) {
      const columns = 'assignment_id, sealed_by, env, files, fingerprint, content_hash';
      const unsealed = await db.all(
        `SELECT ${columns} FROM assignment INDEXED BY assignment_unsealed WHERE sealed_by = '' LIMIT ?`,
        limit,
      );
      // Those that are over have nothing sealed any more, and are not in this index.
      const otherwise = await db.all(
        `SELECT ${columns} FROM assignment INDEXED BY assignment_sealed
         WHERE sealed_by <> ? AND sealed_by <> '' AND (env <> '{}' OR files <> '{}') LIMIT ?`,
        keyId,
        limit - unsealed.length,
      );
      return [...unsealed, ...otherwise].map(toSealedRow);
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
