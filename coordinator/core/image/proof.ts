import type { BuildMachine, BuildRequest } from './image-build.ts';

/** What two clones of an image show. */
export type Proof =
  | { kind: 'waiting' }
  | { kind: 'failed'; reason: string }
  /** @param lines what was compared, for people */
  | { kind: 'shown'; lines: string[] };

/** Machines that are compared: one alone cannot show that two differ. */
export const clonesPerProof = 2;

/**
 * Whether instances of an image become READY, by themselves and in time, and share no identity. That each of them is not its
 * builder was compared when it checked in.
 * @param clones those that the provider launched
 */
export function proofOf(
  clones: readonly BuildMachine[],
  { bootTimeout, prepareTimeout }: Pick<BuildRequest, 'bootTimeout' | 'prepareTimeout'>,
  steady: number,
): Proof {
  for (const clone of clones) {
    const reason = problemOf(clone, bootTimeout, prepareTimeout, steady);
    if (reason !== undefined) return { kind: 'failed', reason };
  }
  const [one, other] = clones;
  if (one?.instance?.state !== 'READY' || other?.instance?.state !== 'READY') return { kind: 'waiting' };
  const [first, second] = [one.instance.facts, other.instance.facts];
  const shared = sharedBy(first, second);
  if (shared !== undefined)
    return {
      kind: 'failed',
      reason: `DUPLICATE_IDENTITY: ${one.instanceId} and ${other.instanceId} ${shared}`,
    };
  const lines = [one, other].map(({ instanceId, bound, instance }) => {
    const roles = (instance?.roles ?? []).join(', ');
    const seconds = Math.round(((instance?.stateSteady ?? bound) - bound) / 1000);
    return `${instanceId} was READY after ${seconds} s, with ${roles}`;
  });
  return { kind: 'shown', lines: [...lines, 'Engine ids and machine ids differ'] };
}

function problemOf(
  { instanceId, providerState, bound, instance }: BuildMachine,
  bootTimeout: number,
  prepareTimeout: number,
  steady: number,
): string | undefined {
  if (providerState === 'terminated' || providerState === 'shutting-down')
    return `CLONE_LOST: ${instanceId} is ${providerState}`;
  const age = steady - bound;
  if (instance === undefined)
    return age > bootTimeout
      ? `NEVER_CHECKED_IN: the agent of ${instanceId} did not call within ${bootTimeout / 1000} s`
      : undefined;
  const { state, stateReason, roles, facts } = instance;
  if (state === 'QUARANTINED') return stateReason;
  if (state === 'READY') {
    if (facts.bakeId === '') return `NOT_BAKED: ${instanceId} has no sealed manifest`;
    return roles.length === 0 ? `NO_ROLES: ${instanceId} offers no role` : undefined;
  }
  if (state === 'CHECKED_IN' || state === 'PREPARING' || state === 'FAILED')
    return age > bootTimeout + prepareTimeout
      ? `NEVER_READY: ${instanceId} is ${state}${stateReason === '' ? '' : `: ${stateReason}`}`
      : undefined;
  return `CLONE_LOST: ${instanceId} is ${state}`;
}

type Identity = Pick<
  NonNullable<BuildMachine['instance']>['facts'],
  'bakeId' | 'bootId' | 'engineId' | 'machineIdHash'
>;

/** @returns what two machines have in common, or lack, that each must have for itself */
function sharedBy(first: Identity, second: Identity): string | undefined {
  if (first.bakeId !== second.bakeId) return 'come from different bakes';
  if (first.engineId === '' || second.engineId === '') return 'do not tell their Engine ids';
  if (first.engineId === second.engineId) return 'have one Docker Engine id';
  // Two on one kernel share their machine id rightly.
  if (first.bootId === second.bootId) return undefined;
  if (first.machineIdHash === '' || second.machineIdHash === '') return 'do not tell their machine ids';
  return first.machineIdHash === second.machineIdHash ? 'have one machine id' : undefined;
}
