import { createHash, randomUUID } from 'node:crypto';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { isOver } from '../core/assignment-state.ts';
import type { Assignment, Moment, Wait } from '../core/model.ts';
import { Zones } from '../core/route-name.ts';
import { nobody, type Observer } from '../core/observer.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { ContentHashes, Vault } from '../secrets/vault.ts';
import type { Named, Requested, RequestUseCases } from '../store/requests.ts';
import type { RouteUseCases } from '../store/routes.ts';
import type { Changes, Subscription } from './changes.ts';
import { moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';
import type { Wanted } from './requests.ts';

/** Between two looks while an assignment waits, in milliseconds; changes wake it sooner. */
const backstop = 1_000;

/** What Assign answers. */
export interface Assigned {
  assignment: Assignment;
  /** The same request had been made before. */
  replayed: boolean;
  /** It is another request's live assignment, as the caller wanted. */
  existing: boolean;
}

/** What callers may do with assignments. */
export interface Assignments {
  /**
   * Gives a user an instance and waits as far as asked.
   * @param waitMs after which the caller has gone
   * @param gone aborts when the caller goes sooner
   * @throws ParbakeError ROLE_UNKNOWN, ENV_NOT_ALLOWED, REQUEST_ID_MISMATCH, ASSIGN_BACKOFF, ASSIGNMENT_DIFFERS,
   *   ZONE_UNKNOWN, ROUTE_NAME_TAKEN, SECRET_NOT_ALLOWED, SECRET_NOT_FOUND, SECRET_UNAVAILABLE, NO_CAPACITY, ASSIGNMENT_FAILED, DEADLINE_EXCEEDED, INTERRUPTED, COORDINATOR_UNREACHABLE
   */
  assign(wanted: Wanted, waitMs: number, gone: AbortSignal): Promise<Assigned>;
  /**
   * @returns `alreadyReleased` when it had been before
   * @throws ParbakeError ASSIGNMENT_NOT_FOUND
   */
  release(named: Named): Promise<{ assignment: Assignment; alreadyReleased: boolean }>;
  /** @throws ParbakeError ASSIGNMENT_NOT_FOUND, ILLEGAL_TRANSITION */
  extend(named: Named, ttlMs: number): Promise<Assignment>;
}

export interface AssignerParts {
  store: Pick<
    RequestUseCases,
    'request' | 'forget' | 'release' | 'extend' | 'assignment' | 'assignmentByRequest'
  > &
    Pick<RouteUseCases, 'routes' | 'publishers'>;
  changes: Changes;
  outcomes: Outcomes;
  vault: Vault;
  secrets: Secrets;
  /** Where routes may be; nowhere when absent. */
  zones?: Zones;
  logger: Logger;
  observer?: Observer;
}

/** Keeps the requests of callers and waits with them. */
export class Assigner implements Assignments {
  readonly #store: AssignerParts['store'];
  readonly #changes: Changes;
  readonly #outcomes: Outcomes;
  readonly #vault: Vault;
  readonly #secrets: Secrets;
  readonly #zones: Zones;
  readonly #logger: Logger;
  readonly #observer: Observer;
  /** How many callers wait for an assignment, by assignment. */
  readonly #waiting = new Map<string, number>();
  readonly #stopping = new AbortController();

  constructor(parts: AssignerParts) {
    const { store, changes, outcomes, vault, secrets, logger } = parts;
    const { zones = new Zones([]), observer = nobody } = parts;
    this.#store = store;
    this.#changes = changes;
    this.#outcomes = outcomes;
    this.#vault = vault;
    this.#secrets = secrets;
    this.#zones = zones;
    this.#logger = logger;
    this.#observer = observer;
  }

  async assign(wanted: Wanted, waitMs: number, gone: AbortSignal): Promise<Assigned> {
    const received = moment();
    const { assignment, replayed, existing, claimed } = await this.#request(wanted, received);
    if (wanted.routes.length > 0) this.#changes.routesChanged();
    const { assignmentId } = assignment;
    const subscription = this.#changes.subscribe(assignmentId);
    this.#waiting.set(assignmentId, (this.#waiting.get(assignmentId) ?? 0) + 1);
    if (claimed !== undefined) this.#outcomes.claimed([claimed]);
    try {
      // Only what was claimed for this very call cannot have changed before the subscription.
      const first = claimed === undefined ? await this.#read(assignmentId) : assignment;
      const until = received.steady + waitMs;
      const reached = await this.#awaitStep(first, subscription, wanted.wait, until, gone);
      this.#leave(assignmentId);
      return { assignment: reached, replayed, existing };
    } catch (cause) {
      if (this.#leave(assignmentId)) await this.#forget(assignmentId, toParbakeError(cause));
      throw cause;
    } finally {
      subscription.close();
    }
  }

  async release(named: Named): Promise<{ assignment: Assignment; alreadyReleased: boolean }> {
    const { before, after, tenancy } = await this.#store.release(named, moment());
    if (after.state === before.state) return { assignment: after, alreadyReleased: true };
    if (tenancy !== undefined) this.#outcomes.deliver([tenancy]);
    const { assignmentId, instanceId, state } = after;
    this.#logger.info({ assignmentId, instanceId, state }, 'assignment released');
    this.#outcomes.stepped([{ before, after }]);
    return { assignment: after, alreadyReleased: false };
  }

  async extend(named: Named, ttlMs: number): Promise<Assignment> {
    const assignment = await this.#store.extend(named, ttlMs, moment());
    this.#changes.assignmentChanged(assignment);
    return assignment;
  }

  /** Answers everybody who waits, now. */
  stop(): void {
    this.#stopping.abort();
  }

  async #request(wanted: Wanted, received: Moment): Promise<Requested> {
    const assignmentId = `as-${randomUUID()}`;
    const [hashes, ...earlierHashes] = this.#vault.hashes(hashesOf(wanted));
    try {
      await this.#checkZones(wanted);
      await this.#checkSecrets(wanted);
      return await this.#store.request({
        ...wanted,
        assignmentId,
        ...this.#vault.seal(assignmentId, wanted),
        sealedBy: this.#vault.newestKey,
        ...hashes,
        earlierHashes,
        received,
      });
    } catch (cause) {
      const { now: receivedTime } = received;
      this.#observer.refused({ ...wanted, receivedTime }, toParbakeError(cause), Date.now());
      throw cause;
    }
  }

  /**
   * Fetches what the order refers to, so that it is there at the claim: a slow secret store delays nobody else. A repeated
   * request gets its answer whatever became of the secrets.
   */
  async #checkSecrets(wanted: Wanted): Promise<void> {
    const resolved = this.#secrets.resolve(wanted);
    if (!(resolved instanceof Promise)) return;
    try {
      await resolved;
    } catch (cause) {
      if (!(await this.#isRepeated(wanted))) throw cause;
    }
  }

  /** @throws ParbakeError ZONE_UNKNOWN */
  async #checkZones(wanted: Wanted): Promise<void> {
    const violations = wanted.routes.flatMap(({ name }, index) => {
      const refusal = this.#zones.refusal(name);
      return refusal === undefined
        ? []
        : [{ field: `routes[${index}].name`, description: `${name} ${refusal}` }];
    });
    if (violations.length === 0 || (await this.#isRepeated(wanted))) return;
    const message = violations.map(({ description }) => description).join('; ');
    throw new ParbakeError('ZONE_UNKNOWN', message, { violations });
  }

  async #isRepeated({ owner, requestId }: Wanted): Promise<boolean> {
    return (await this.#store.assignmentByRequest(owner, requestId)) !== undefined;
  }

  /** @returns whether nobody waits any more */
  #leave(assignmentId: string): boolean {
    const left = (this.#waiting.get(assignmentId) ?? 1) - 1;
    if (left > 0) this.#waiting.set(assignmentId, left);
    else this.#waiting.delete(assignmentId);
    return left <= 0;
  }

  /**
   * Drops a request that its last caller has given up before anything was taken for it; any other stays.
   * @param error what the caller was told
   */
  async #forget(assignmentId: string, error: ParbakeError): Promise<void> {
    try {
      const before = await this.#store.forget(assignmentId, moment());
      if (before === undefined) return;
      this.#observer.failed(before, error, Date.now());
      if (before.routes.length > 0) this.#changes.routesChanged();
    } catch (cause) {
      this.#logger.error({ err: cause, assignmentId }, 'cannot forget a request that nobody waits for');
    }
  }

  async #awaitStep(
    first: Assignment,
    subscription: Subscription,
    wait: Wait,
    until: number,
    gone: AbortSignal,
  ): Promise<Assignment> {
    const ended = AbortSignal.any([gone, this.#stopping.signal]);
    const { assignmentId } = first;
    for (let assignment = first; ;) {
      if (assignment.state === 'FAILED') throw failed(assignment);
      if (hasReached(assignment, wait)) return assignment;
      if (gone.aborted) throw new ParbakeError('INTERRUPTED', 'the caller has gone');
      if (this.#stopping.signal.aborted)
        throw new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator is shutting down');
      const left = until - moment().steady;
      if (left <= 0) throw late(assignment, wait, await this.#unrouted(assignment, wait));
      const changed = await subscription.next(Math.min(left, backstop), ended);
      assignment = changed ?? (await this.#read(assignmentId));
    }
  }

  /** Why the routes of an assignment that serves are not everywhere yet; empty for any other. */
  async #unrouted({ assignmentId, state }: Assignment, wait: Wait): Promise<string> {
    if (wait !== 'ROUTED' || state !== 'SERVING') return '';
    const routes = await this.#store.routes({ assignmentId, limit: 100 });
    const problem = routes.find((route) => route.problem !== '');
    if (problem !== undefined) return `: ${problem.name}: ${problem.problem}`;
    const newest = Math.max(0, ...routes.map(({ generation }) => generation));
    const behind = (await this.#store.publishers()).filter(({ generation }) => generation < newest);
    return behind
      .map(
        ({ name, error }) => `: publisher ${name} ${error === '' ? 'has not confirmed it' : `says ${error}`}`,
      )
      .join('');
  }

  async #read(assignmentId: string): Promise<Assignment> {
    const assignment = await this.#store.assignment(assignmentId);
    // The caller asked another coordinator too, and gave up there.
    if (assignment === undefined)
      throw new ParbakeError('INTERRUPTED', `the caller has given assignment ${assignmentId} up`);
    return assignment;
  }
}

function failed({ assignmentId, attempts, failureReason }: Assignment): ParbakeError {
  const failures = attempts.filter(({ outcome }) => outcome === 'FAILED').length;
  const tried = failures > 1 ? `${failures} instances were tried: ` : '';
  const metadata = {
    assignment_id: assignmentId,
    instance_id: attempts.at(-1)?.instanceId ?? '',
    attempt_reason: reasonFrom(failureReason).reason,
  };
  return new ParbakeError('ASSIGNMENT_FAILED', `assignment ${assignmentId}: ${tried}${failureReason}`, {
    metadata,
  });
}

function late({ assignmentId, role, state, attempts }: Assignment, wait: Wait, why: string): ParbakeError {
  const last = attempts.at(-1);
  const before =
    last === undefined ? '' : `; attempt ${last.number} on ${last.instanceId} failed: ${last.reason}`;
  return state === 'PENDING'
    ? new ParbakeError('NO_CAPACITY', `no instance with role ${role} became ready in time${before}`, {
        metadata: { role, assignment_id: assignmentId },
      })
    : new ParbakeError(
        'DEADLINE_EXCEEDED',
        `assignment ${assignmentId} is ${state}, not yet ${wait} as asked${why}`,
        { metadata: { assignment_id: assignmentId, state } },
      );
}

function hasReached(assignment: Assignment, wait: Wait): boolean {
  const { state, timings } = assignment;
  if (state === 'PENDING') return false;
  if (wait === 'CLAIMED' || isOver(state) || state === 'RELEASING') return true;
  if (state === 'SERVING') return wait !== 'ROUTED' || timings.routed !== undefined;
  return wait === 'EXEC' && timings.started !== undefined;
}

/** Hashes everything that decides whether two requests are the same, and the variables and files alone. */
function hashesOf({ user, role, environment, env, files, routes, ttlMs, ifExists }: Wanted): ContentHashes {
  const sorted = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  // What is left out when it is absent was not known to earlier versions: a request id outlives an upgrade.
  const brought = Object.keys(files).length > 0 ? [sorted(files)] : [];
  const options = ttlMs === undefined && ifExists === undefined ? [] : [{ ttlMs, ifExists }];
  const named = routes.length > 0 ? [{ routes }] : [];
  return {
    fingerprint: sha256([user, role, environment, sorted(env), ...brought, ...options, ...named]),
    contentHash: sha256([sorted(env), sorted(files), ...named]),
  };
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
