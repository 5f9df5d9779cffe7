import type { Limits } from '../../core/limits.ts';
import type { Assignment, Instance, Moment } from '../../core/model.ts';
import type { AssignmentStep } from '../agents.ts';
import type { SweepUseCases, Swept } from '../sweep.ts';
import { claimAll } from './claims.ts';
import { failAttempt, finish, lossPolicyOf, passOver, stopped } from './endings.ts';
import { text } from './rows.ts';
import { rolesInMassSilence } from './silence.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';

export function sweepCommands(tables: Tables): Synchronous<SweepUseCases> {
  return {
    sweep: (limits, startedSteady, at) => new Sweep(tables, limits, startedSteady, at).run(),
    behind: () => tables.instances.behind().map((instance) => tenancyOf(tables, instance)),
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

  constructor(tables: Tables, limits: Limits, startedSteady: number, at: Moment) {
    this.#tables = tables;
    this.#limits = limits;
    this.#startedSteady = startedSteady;
    this.#at = at;
    this.#isSettling = at.steady - startedSteady < limits.settling;
    this.#massSilence = new Set(rolesInMassSilence(tables, at));
  }

  run(): Swept {
    const { instances, assignments } = this.#tables;
    const steps = [
      ...assignments.expired(this.#at.steady).map((assignment) => this.#expire(assignment)),
      ...assignments.underWay().flatMap((assignment) => this.#underWay(assignment)),
      ...instances.inState('RELEASING').flatMap((instance) => this.#releasing(instance)),
      ...this.#silentlyServing(),
    ];
    for (const instance of instances.inState('QUARANTINED')) this.#quarantined(instance);
    const touched = new Set(steps.map(({ before }) => before.instanceId).filter((id) => id !== ''));
    return {
      steps,
      tenancies: [...touched].map((id) => tenancyOf(this.#tables, instances.known(id))),
      claimed: claimAll(this.#tables, this.#at),
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

  #expire(assignment: Assignment): AssignmentStep {
    const end = { outcome: 'EXPIRED', reason: 'ASSIGNMENT_EXPIRED: its time to live is over' } as const;
    return finish(this.#tables, assignment, 'expired', end, this.#at);
  }

  #underWay(assignment: Assignment): AssignmentStep[] {
    const { instanceId, state, role, attempts } = assignment;
    const instance = this.#tables.instances.known(instanceId);
    const { connected, sessionSteady } = instance;
    const startSteady = attempts.at(-1)?.startSteady ?? 0;
    const unheard = this.#ago(startSteady, sessionSteady);
    if (state === 'CLAIMED') {
      if (this.#isHeld(role) || unheard < this.#limits.delivery) return [];
      const reason = `INSTANCE_SILENT: instance ${instanceId} did not confirm the order; ${heard(instance)}`;
      return [passOver(this.#tables, assignment, reason, this.#at)];
    }
    if (connected && this.#ago(startSteady) >= this.#limits.start)
      return [this.#failed(assignment, `START_TIMEOUT: instance ${instanceId} did not serve in time`)];
    if (!connected && !this.#isHeld(role) && unheard >= this.#limits.silentStart)
      return [this.#failed(assignment, `INSTANCE_SILENT: instance ${instanceId} is ${heard(instance)}`)];
    return [];
  }

  #releasing(instance: Instance): AssignmentStep[] {
    const { instanceId, connected, hadUser, stateSteady, sessionSteady, stateReason } = instance;
    const isPassedOver = !hadUser && this.#tables.assignments.of(instanceId) === undefined;
    // One that was passed over waits outside of the pool until its agent is back.
    if (!connected && (isPassedOver || this.#isSettling)) return [];
    const isOver = connected
      ? this.#ago(stateSteady) >= this.#limits.release
      : this.#ago(stateSteady, sessionSteady) >= this.#limits.silentRelease;
    if (!isOver) return [];
    const why = connected && stateReason !== '' ? stateReason : heard(instance);
    return stopped(this.#tables, instance, `RELEASE_TIMEOUT: given up; ${why}`, this.#at);
  }

  #quarantined({ instanceId, stateSteady, stateReason }: Instance): void {
    if (this.#ago(stateSteady) >= this.#limits.quarantine)
      this.#tables.instances.event(instanceId, { kind: 'retired' }, this.#at, stateReason);
  }

  /** Assignments of roles that want another instance after some silence. */
  #silentlyServing(): AssignmentStep[] {
    const { db, assignments } = this.#tables;
    const rows = db.all(
      `SELECT instance_id FROM instance INDEXED BY instance_state
       WHERE state IN ('ASSIGNED', 'DRAINING') AND connected = 0`,
    );
    return rows.flatMap((row) => {
      const assignment = assignments.of(text(row, 'instance_id'));
      if (assignment?.state !== 'SERVING' || this.#isHeld(assignment.role)) return [];
      const { onLoss, silentAfterMs } = lossPolicyOf(this.#tables, assignment);
      const instance = this.#tables.instances.known(assignment.instanceId);
      const isOver = silentAfterMs !== undefined && this.#ago(instance.sessionSteady) >= silentAfterMs;
      if (onLoss !== 'REPLACE' || !isOver) return [];
      return [
        this.#failed(assignment, `INSTANCE_SILENT: instance ${instance.instanceId} is ${heard(instance)}`),
      ];
    });
  }

  #failed(assignment: Assignment, reason: string): AssignmentStep {
    return failAttempt(this.#tables, assignment, { fault: 'MACHINE', reason }, this.#at);
  }
}

function heard({ connected, lastSeenTime }: Instance): string {
  return connected ? 'its session is open' : `silent since ${new Date(lastSeenTime).toISOString()}`;
}
