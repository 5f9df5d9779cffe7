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
import type { Database } from './database.ts';
import { number, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

export function trustCommands({ db, instances }: Tables): TrustUseCases {
  const rows = new TrustRows(db);
  const note = async (instanceId: string, event: string, reason: string, now: number): Promise<void> =>
    await writeAudit(db, {
      at: now,
      instanceId,
      assignmentId: '',
      event,
      reason,
      state: (await instances.get(instanceId))?.state ?? 'EXPECTED',
    });
  /** Writes what was decided, and what an operator should know of it. */
  const settle = async (instanceId: string, decision: TrustDecision, now: number): Promise<TrustDecision> => {
    if (decision.trust !== undefined) await rows.put(decision.trust);
    if (decision.kind === 'admitted') return decision;
    const { code, message, isConflict } = decision;
    if (decision.trust?.state === 'LOCKED') await note(instanceId, 'locked', `${code}: ${message}`, now);
    else if (isConflict && (await rows.isNews(instanceId, `${code}: ${message}`)))
      await note(instanceId, 'identity_conflict', `${code}: ${message}`, now);
    return decision;
  };
  return {
    async attest(proven, tokenHash, now) {
      const { instanceId, keyHash } = proven;
      await db.exclusively(`trust ${instanceId}`, `key ${keyHash}`);
      const known = await rows.get(instanceId);
      const decision = decideAttestation(known, proven, await rows.withKey(keyHash));
      const needsToken = tokenHash !== undefined && !isKnownKey(known, keyHash);
      if (decision.kind === 'admitted' && needsToken && !(await rows.redeem(tokenHash, instanceId, now)))
        return {
          kind: 'refused',
          code: 'JOIN_TOKEN_INVALID',
          isConflict: false,
          message: `the join token that ${instanceId} shows is unknown, used or expired, or for another instance`,
        };
      const settled = await settle(instanceId, decision, now);
      if (settled.kind === 'admitted' && !isKnownKey(known, keyHash))
        await note(instanceId, 'attested', '', now);
      return settled;
    },
    async renew(instanceId, renewal, now) {
      return await settle(instanceId, decideRenewal(await rows.get(instanceId), renewal), now);
    },
    async activate(instanceId, serial) {
      const known = await rows.get(instanceId);
      const changed = known === undefined ? undefined : activated(known, serial);
      if (changed !== undefined) await rows.put(changed);
    },
    async lock(instanceId, reason, now) {
      const locked = lockedBecause(await rows.known(instanceId), reason);
      await rows.put(locked);
      await note(instanceId, 'locked', `INSTANCE_LOCKED: ${reason}`, now);
      return locked;
    },
    async readmit(instanceId, now) {
      const trust = readmitted(await rows.known(instanceId));
      await rows.put(trust);
      await note(instanceId, 'readmitted', '', now);
      return trust;
    },
    trust: (instanceId) => rows.get(instanceId),
    trusts: () => rows.all(),
    async createJoinToken({ hash, instanceId, expireTime }, now) {
      await db.run(
        'INSERT INTO join_token (hash, instance_id, create_time, expire_time) VALUES (?, ?, ?, ?)',
        ...[hash, instanceId, now, expireTime],
      );
    },
    removeTrust: (before, limit) => rows.removeBefore(before, limit),
  };
}

class TrustRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async get(instanceId: string): Promise<Trust | undefined> {
    const lock = this.#db.dialect.lock('trust');
    const row = await this.#db.one(`SELECT * FROM trust WHERE instance_id = ?${lock}`, instanceId);
    return row === undefined ? undefined : toTrust(row);
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  async known(instanceId: string): Promise<Trust> {
    const trust = await this.get(instanceId);
    if (trust !== undefined) return trust;
    throw new ParbakeError('INSTANCE_NOT_FOUND', `no instance ${instanceId} has proved itself`);
  }

  async all(): Promise<Trust[]> {
    return (await this.#db.all('SELECT * FROM trust ORDER BY instance_id')).map(toTrust);
  }

  async put(trust: Trust): Promise<void> {
    await this.#db.run(
      `INSERT INTO trust (instance_id, attestor, account_id, key_hash, active_serial, next_serial, next_key_hash,
         generation, pending_time, state, reason, readmitted, attest_time)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (instance_id) DO UPDATE SET attestor = excluded.attestor, account_id = excluded.account_id,
         key_hash = excluded.key_hash, active_serial = excluded.active_serial, next_serial = excluded.next_serial,
         next_key_hash = excluded.next_key_hash, generation = excluded.generation, pending_time = excluded.pending_time,
         state = excluded.state, reason = excluded.reason, readmitted = excluded.readmitted,
         attest_time = excluded.attest_time`,
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
  async withKey(keyHash: string): Promise<string | undefined> {
    const row = await this.#db.one('SELECT instance_id FROM trust WHERE key_hash = ?', keyHash);
    return row === undefined ? undefined : text(row, 'instance_id');
  }

  /** Whoever repeats a conflict does not fill the record of events. */
  async isNews(instanceId: string, reason: string): Promise<boolean> {
    const last = await this.#db.one(
      `SELECT reason FROM audit WHERE instance_id = ? AND event = 'identity_conflict' ORDER BY seq DESC LIMIT 1`,
      instanceId,
    );
    return last === undefined || text(last, 'reason') !== reason;
  }

  /** One statement on one row: of two instances that show one token at once, one gets in. @returns whether it counts */
  async redeem(hash: string, instanceId: string, now: number): Promise<boolean> {
    const redeemed = await this.#db.run(
      `UPDATE join_token SET redeem_time = ?, redeemed_by = ?
       WHERE hash = ? AND redeem_time = 0 AND expire_time > ? AND instance_id IN ('', ?)`,
      ...[now, instanceId, hash, now, instanceId],
    );
    return redeemed === 1;
  }

  async removeBefore(before: number, limit: number): Promise<number> {
    const tokens = 'SELECT hash FROM join_token WHERE expire_time < ? LIMIT ?';
    // An instance that is locked stays locked, whoever forgets it.
    const forgotten = `SELECT instance_id FROM trust WHERE attest_time < ? AND state = 'ADMITTED'
      AND NOT EXISTS (SELECT 1 FROM instance WHERE instance.instance_id = trust.instance_id) LIMIT ?`;
    return (
      (await this.#db.run(`DELETE FROM join_token WHERE hash IN (${tokens})`, before, limit)) +
      (await this.#db.run(`DELETE FROM trust WHERE instance_id IN (${forgotten})`, before, limit))
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
