import type { Limits } from '../../core/limits.ts';
import type { Assignment, Instance, Moment } from '../../core/model.ts';
import type { AssignmentStep } from '../agents.ts';
import type { RoutesConfirmed } from '../routes.ts';
import type { SweepUseCases, Swept } from '../sweep.ts';
import { claimAll } from './claims.ts';
import { failAttempt, finish, letStop, lossPolicyOf, passOver, stopped } from './endings.ts';
import { conclude, removeLapsedPublishers } from './publishers.ts';
import { text } from './rows.ts';
import { rolesInMassSilence } from './silence.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';
import { inTurn } from './in-turn.ts';

export function sweepCommands(tables: Tables): SweepUseCases {
  return {
    async sweep(limits, startedSteady, at) {
      const massSilence = await rolesInMassSilence(tables, at);
      return await new Sweep(tables, limits, startedSteady, at, massSilence).run();
    },
    behind: async () => inTurn(await tables.instances.behind(), (instance) => tenancyOf(tables, instance)),
  };
}

/** One round over everything that has a time limit. */
class Sweep {
  readonly #tables: Tables;
  readonly #limits: Limits;
  readonly #startedSteady: number;
  readonly #at: Moment;
  readonly #isSettling: boolean;
  readonly #massSilence: ReadonlySet<string>;

  constructor(
    tables: Tables,
    limits: Limits,
    startedSteady: number,
    at: Moment,
    massSilence: readonly string[],
  ) {
    this.#tables = tables;
    this.#limits = limits;
    this.#startedSteady = startedSteady;
    this.#at = at;
    this.#isSettling = at.steady - startedSteady < limits.settling;
    this.#massSilence = new Set(massSilence);
  }

  async run(): Promise<Swept> {
    const { instances, assignments } = this.#tables;
    const steps = [
      ...(
        await inTurn(await assignments.expired(this.#at.steady), (assignment) => this.#expire(assignment))
      ).flat(),
      ...(await inTurn(await assignments.underWay(), (assignment) => this.#underWay(assignment))).flat(),
      ...(await inTurn(await instances.inState('RELEASING'), (instance) => this.#releasing(instance))).flat(),
      ...(await this.#silentlyServing()),
    ];
    for (const instance of await instances.inState('QUARANTINED')) await this.#quarantined(instance);
    const routes = await this.#routes();
    steps.push(...routes.steps);
    const touched = new Set(steps.map(({ before }) => before.instanceId).filter((id) => id !== ''));
    return {
      steps,
      tenancies: [
        ...(await inTurn([...touched], async (id) => tenancyOf(this.#tables, await instances.known(id)))),
        ...routes.tenancies,
      ],
      claimed: await claimAll(this.#tables, this.#at),
      massSilence: [...this.#massSilence],
    };
  }

  /** How long ago something was on the steady clock, as far as this coordinator has seen it. */
  #ago(...times: number[]): number {
    const past = times.filter((time) => time <= this.#at.steady);
    return this.#at.steady - Math.max(this.#startedSteady, ...past);
  }

  #isHeld(role: string): boolean {
    return this.#isSettling || this.#massSilence.has(role);
  }

  async #expire(seen: Assignment): Promise<AssignmentStep[]> {
    const end = { outcome: 'EXPIRED', reason: 'ASSIGNMENT_EXPIRED: its time to live is over' } as const;
    const assignment = await held(this.#tables, seen);
    return assignment === undefined ? [] : [await finish(this.#tables, assignment, 'expired', end, this.#at)];
  }

  async #underWay(assignment: Assignment): Promise<AssignmentStep[]> {
    const { instanceId, state, role, attempts } = assignment;
    const instance = await this.#tables.instances.seen(instanceId);
    if (instance === undefined) return [];
    const { connected, sessionSteady } = instance;
    const startSteady = attempts.at(-1)?.startSteady ?? 0;
    const unheard = this.#ago(startSteady, sessionSteady);
    if (state === 'CLAIMED') {
      if (this.#isHeld(role) || unheard < this.#limits.delivery) return [];
      const reason = `INSTANCE_SILENT: instance ${instanceId} did not confirm the order; ${heard(instance)}`;
      const present = await held(this.#tables, assignment);
      return present === undefined ? [] : [await passOver(this.#tables, present, reason, this.#at)];
    }
    if (connected && this.#ago(startSteady) >= this.#limits.start)
      return await this.#failed(assignment, `START_TIMEOUT: instance ${instanceId} did not serve in time`);
    if (!connected && !this.#isHeld(role) && unheard >= this.#limits.silentStart)
      return await this.#failed(assignment, `INSTANCE_SILENT: instance ${instanceId} is ${heard(instance)}`);
    return [];
  }

  async #releasing(instance: Instance): Promise<AssignmentStep[]> {
    const { instanceId, connected, hadUser, stateSteady, sessionSteady, stateReason } = instance;
    const isPassedOver = !hadUser && (await this.#tables.assignments.of(instanceId)) === undefined;
    // One that was passed over waits outside of the pool until its agent is back.
    if (!connected && (isPassedOver || this.#isSettling)) return [];
    const isOver = connected
      ? this.#ago(stateSteady) >= this.#limits.release
      : this.#ago(stateSteady, sessionSteady) >= this.#limits.silentRelease;
    if (!isOver || !(await this.#isStill(instance))) return [];
    const why = connected && stateReason !== '' ? stateReason : heard(instance);
    return await stopped(this.#tables, instance, `RELEASE_TIMEOUT: given up; ${why}`, this.#at);
  }

  /** Addresses that are free again, and containers that went on for publishers which have not dropped theirs in time. */
  async #routes(): Promise<RoutesConfirmed> {
    const { routes, targets, assignments } = this.#tables;
    await routes.lock();
    await removeLapsedPublishers(this.#tables);
    await routes.publishHeld((assignmentId) => assignments.get(assignmentId), this.#at);
    await targets.removeFree(this.#at);
    const late = await inTurn(await targets.overdue(this.#at), (assignmentId) =>
      letStop(this.#tables, assignmentId),
    );
    const { steps, tenancies } = await conclude(this.#tables, this.#at);
    return { steps, tenancies: [...tenancies, ...late.filter((tenancy) => tenancy !== undefined)] };
  }

  async #quarantined(instance: Instance): Promise<void> {
    const { instanceId, stateSteady, stateReason } = instance;
    if (this.#ago(stateSteady) >= this.#limits.quarantine && (await this.#isStill(instance)))
      await this.#tables.instances.event(instanceId, { kind: 'retired' }, this.#at, stateReason);
  }

  /** Assignments of roles that want another instance after some silence. */
  async #silentlyServing(): Promise<AssignmentStep[]> {
    const { db, assignments, instances } = this.#tables;
    const rows = await db.all(
      `SELECT instance_id FROM instance INDEXED BY instance_state
       WHERE state IN ('ASSIGNED', 'DRAINING') AND connected = 0`,
    );
    return (
      await inTurn(rows, async (row) => {
        const instance = await instances.get(text(row, 'instance_id'));
        const assignment = instance && (await assignments.of(instance.instanceId));
        if (assignment?.state !== 'SERVING' || instance?.connected !== false) return [];
        if (this.#isHeld(assignment.role)) return [];
        const { onLoss, silentAfterMs } = await lossPolicyOf(this.#tables, assignment);
        const isOver = silentAfterMs !== undefined && this.#ago(instance.sessionSteady) >= silentAfterMs;
        if (onLoss !== 'REPLACE' || !isOver) return [];
        return await this.#failed(
          assignment,
          `INSTANCE_SILENT: instance ${instance.instanceId} is ${heard(instance)}`,
        );
      })
    ).flat();
  }

  async #failed(seen: Assignment, reason: string): Promise<AssignmentStep[]> {
    const assignment = await held(this.#tables, seen);
    if (assignment === undefined) return [];
    return [await failAttempt(this.#tables, assignment, { fault: 'MACHINE', reason }, this.#at)];
  }

  /** Locks an instance that was only looked at. @returns whether it is in the same state */
  async #isStill({ instanceId, state }: Instance): Promise<boolean> {
    const { db, instances } = this.#tables;
    return !db.dialect.isShared || (await instances.get(instanceId))?.state === state;
  }
}

/** Locks an assignment that was only looked at. @returns undefined when somebody else has changed it meanwhile */
async function held(
  { db, instances, assignments }: Tables,
  seen: Assignment,
): Promise<Assignment | undefined> {
  if (!db.dialect.isShared) return seen;
  await instances.lockOf(seen.assignmentId);
  const present = await assignments.get(seen.assignmentId);
  const isSame = (key: 'state' | 'attempt' | 'expireTime'): boolean => present?.[key] === seen[key];
  return isSame('state') && isSame('attempt') && isSame('expireTime') ? present : undefined;
}

function heard({ connected, lastSeenTime }: Instance): string {
  return connected ? 'its session is open' : `silent since ${new Date(lastSeenTime).toISOString()}`;
}
