import type { Outcome } from './breaker.ts';
import { phaseOf, type PoolMachine, type PoolView } from './pool-view.ts';

/** A machine that should end, and why. */
export interface End {
  instanceId: string;
  reason: string;
}

/** Milliseconds: an instance without a user whose agent says nothing for so long is replaced and ended. */
const maxSilence = 15 * 60_000;

/** How long ago something was, as far as this coordinator has seen it. */
export function ago(moment: { steady: number; started: number }, ...times: number[]): number {
  const past = times.filter((time) => time <= moment.steady);
  return moment.steady - Math.max(moment.started, ...past);
}

/**
 * Machines that end whatever the target is. A machine with a user is never among them.
 * @param isHeld so many fell silent at once that it is not these machines that failed
 */
export function necessaryEnds(
  { spec, machines }: PoolView,
  moment: { steady: number; started: number },
  isHeld: boolean,
): End[] {
  const { bootTimeout, prepareTimeout, maxQuarantined } = spec.replace;
  const quarantined = machines.filter((machine) => phaseOf(machine) === 'quarantined');
  const tooMany = new Set(
    quarantined
      .toSorted((a, b) => a.bound - b.bound)
      .slice(0, Math.max(0, quarantined.length - maxQuarantined))
      .map(({ instanceId }) => instanceId),
  );
  const reasonOf = (machine: PoolMachine): string => {
    const { instanceId, instance, bound, isProtected } = machine;
    const phase = phaseOf(machine);
    if (phase === 'over') return `RETIRED: Parbake is done with it`;
    if (isProtected) return '';
    if (tooMany.has(instanceId)) return `QUARANTINE_FULL: more than ${maxQuarantined} are quarantined`;
    const age = ago(moment, bound);
    if (phase === 'expected' && age > bootTimeout)
      return `NEVER_CHECKED_IN: its agent did not call within ${seconds(bootTimeout)}`;
    const isLate = instance?.wasReady === false && age > bootTimeout + prepareTimeout;
    if ((phase === 'preparing' || phase === 'silent') && isLate && !isHeld)
      return `NEVER_READY: it was not READY within ${seconds(bootTimeout + prepareTimeout)}`;
    const isSilent = phase === 'silent' && ago(moment, bound, instance?.sessionSteady ?? 0) > maxSilence;
    if (isSilent && !isHeld) return `SILENT: its agent said nothing for ${seconds(maxSilence)}`;
    return '';
  };
  return machines.flatMap((machine) => {
    const reason = reasonOf(machine);
    return reason === '' ? [] : [{ instanceId: machine.instanceId, reason }];
  });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

export interface NewOutcome {
  instanceId: string;
  outcome: Outcome;
  /** It was made from what the pool's machines are made from now. */
  isCurrent: boolean;
}

/** What has just become known about machines. */
export function newOutcomes({ machines, specHash }: PoolView, ends: readonly End[]): NewOutcome[] {
  const failed = new Set(
    ends.filter(({ reason }) => reason.startsWith('NEVER_')).map(({ instanceId }) => instanceId),
  );
  const outcomeOf = ({ instanceId, outcome, instance }: PoolMachine): Outcome | undefined => {
    if (outcome !== undefined) return undefined;
    if (instance?.wasReady === true) return 'READY';
    return failed.has(instanceId) ? 'FAILED' : undefined;
  };
  return machines.flatMap((machine) => {
    const outcome = outcomeOf(machine);
    if (outcome === undefined) return [];
    return [{ instanceId: machine.instanceId, outcome, isCurrent: machine.specHash === specHash }];
  });
}
