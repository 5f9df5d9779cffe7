import { ParbakeError } from '../../../proto/errors/errors.ts';
import {
  activated,
  decideAttestation,
  decideRenewal,
  isKnownKey,
  lockedBecause,
  readmitted,
  type Attestor,
  type Trust,
  type TrustDecision,
} from '../../core/trust.ts';
import type { TrustUseCases } from '../trust.ts';
import { writeAudit } from './audit.ts';
import type { SqliteDatabase } from './database.ts';
import { number, text, type Row } from './rows.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';

export function trustCommands({ db, instances }: Tables): Synchronous<TrustUseCases> {
  const rows = new TrustRows(db);
  const note = (instanceId: string, event: string, reason: string, now: number): void =>
    writeAudit(db, {
      at: now,
      instanceId,
      assignmentId: '',
      event,
      reason,
      state: instances.get(instanceId)?.state ?? 'EXPECTED',
    });
  /** Writes what was decided, and what an operator should know of it. */
  const settle = (instanceId: string, decision: TrustDecision, now: number): TrustDecision => {
    if (decision.trust !== undefined) rows.put(decision.trust);
    if (decision.kind === 'admitted') return decision;
    const { code, message, isConflict } = decision;
    if (decision.trust?.state === 'LOCKED') note(instanceId, 'locked', `${code}: ${message}`, now);
    else if (isConflict && rows.isNews(instanceId, `${code}: ${message}`))
      note(instanceId, 'identity_conflict', `${code}: ${message}`, now);
    return decision;
  };
  return {
    attest(proven, tokenHash, now) {
      const { instanceId } = proven;
      const known = rows.get(instanceId);
      const decision = decideAttestation(known, proven, rows.withKey(proven.keyHash));
      const needsToken = tokenHash !== undefined && !isKnownKey(known, proven.keyHash);
      if (decision.kind === 'admitted' && needsToken && !rows.redeem(tokenHash, instanceId, now))
        return {
          kind: 'refused',
          code: 'JOIN_TOKEN_INVALID',
          isConflict: false,
          message: `the join token that ${instanceId} shows is unknown, used or expired, or for another instance`,
        };
      const settled = settle(instanceId, decision, now);
      if (settled.kind === 'admitted' && !isKnownKey(known, proven.keyHash))
        note(instanceId, 'attested', '', now);
      return settled;
    },
    renew(instanceId, renewal, now) {
      return settle(instanceId, decideRenewal(rows.get(instanceId), renewal), now);
    },
    activate(instanceId, serial) {
      const known = rows.get(instanceId);
      const changed = known === undefined ? undefined : activated(known, serial);
      if (changed !== undefined) rows.put(changed);
    },
    lock(instanceId, reason, now) {
      const locked = lockedBecause(rows.known(instanceId), reason);
      rows.put(locked);
      note(instanceId, 'locked', `INSTANCE_LOCKED: ${reason}`, now);
      return locked;
    },
    readmit(instanceId, now) {
      const trust = readmitted(rows.known(instanceId));
      rows.put(trust);
      note(instanceId, 'readmitted', '', now);
      return trust;
    },
    trust: (instanceId) => rows.get(instanceId),
    trusts: () => rows.all(),
    createJoinToken({ hash, instanceId, expireTime }, now) {
      db.run(
        'INSERT INTO join_token (hash, instance_id, create_time, expire_time) VALUES (?, ?, ?, ?)',
        ...[hash, instanceId, now, expireTime],
      );
    },
    removeTrust: (before, limit) => rows.removeBefore(before, limit),
  };
}

class TrustRows {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  get(instanceId: string): Trust | undefined {
    const row = this.#db.one('SELECT * FROM trust WHERE instance_id = ?', instanceId);
    return row === undefined ? undefined : toTrust(row);
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  known(instanceId: string): Trust {
    const trust = this.get(instanceId);
    if (trust !== undefined) return trust;
    throw new ParbakeError('INSTANCE_NOT_FOUND', `no instance ${instanceId} has proved itself`);
  }

  all(): Trust[] {
    return this.#db.all('SELECT * FROM trust ORDER BY instance_id').map(toTrust);
  }

  put(trust: Trust): void {
    this.#db.run(
      `INSERT OR REPLACE INTO trust (instance_id, attestor, account_id, key_hash, active_serial, next_serial, next_key_hash,
         generation, pending_time, state, reason, readmitted, attest_time)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[trust.instanceId, trust.attestor, trust.accountId, trust.keyHash, trust.activeSerial],
      ...[
        trust.nextSerial,
        trust.nextKeyHash,
        trust.generation,
        trust.pendingTime,
        trust.state,
        trust.reason,
      ],
      ...[trust.isReadmitted ? 1 : 0, trust.attestTime],
    );
  }

  /** The instance that shows this key. */
  withKey(keyHash: string): string | undefined {
    const row = this.#db.one('SELECT instance_id FROM trust WHERE key_hash = ?', keyHash);
    return row === undefined ? undefined : text(row, 'instance_id');
  }

  /** Whoever repeats a conflict does not fill the record of events. */
  isNews(instanceId: string, reason: string): boolean {
    const last = this.#db.one(
      `SELECT reason FROM audit WHERE instance_id = ? AND event = 'identity_conflict' ORDER BY seq DESC LIMIT 1`,
      instanceId,
    );
    return last === undefined || text(last, 'reason') !== reason;
  }

  /** One statement on one row: of two instances that show one token at once, one gets in. @returns whether it counts */
  redeem(hash: string, instanceId: string, now: number): boolean {
    const redeemed = this.#db.run(
      `UPDATE join_token SET redeem_time = ?, redeemed_by = ?
       WHERE hash = ? AND redeem_time = 0 AND expire_time > ? AND instance_id IN ('', ?)`,
      ...[now, instanceId, hash, now, instanceId],
    );
    return redeemed === 1;
  }

  removeBefore(before: number, limit: number): number {
    const tokens = 'SELECT hash FROM join_token WHERE expire_time < ? LIMIT ?';
    // An instance that is locked stays locked, whoever forgets it.
    const forgotten = `SELECT instance_id FROM trust WHERE attest_time < ? AND state = 'ADMITTED'
      AND instance_id NOT IN (SELECT instance_id FROM instance) LIMIT ?`;
    return (
      this.#db.run(`DELETE FROM join_token WHERE hash IN (${tokens})`, before, limit) +
      this.#db.run(`DELETE FROM trust WHERE instance_id IN (${forgotten})`, before, limit)
    );
  }
}

function toTrust(row: Row): Trust {
  return {
    instanceId: text(row, 'instance_id'),
    attestor: text(row, 'attestor') as Attestor,
    accountId: text(row, 'account_id'),
    keyHash: text(row, 'key_hash'),
    activeSerial: text(row, 'active_serial'),
    nextSerial: text(row, 'next_serial'),
    nextKeyHash: text(row, 'next_key_hash'),
    generation: number(row, 'generation'),
    pendingTime: number(row, 'pending_time'),
    state: text(row, 'state') as Trust['state'],
    reason: text(row, 'reason'),
    isReadmitted: number(row, 'readmitted') === 1,
    attestTime: number(row, 'attest_time'),
  };
}
