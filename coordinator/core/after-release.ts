import type { Instance } from './model.ts';

/** What becomes of a machine once its assignment is over; see AfterRelease in assignment.proto. */
export type AfterRelease = 'UNSPECIFIED' | 'KEEP' | 'POWEROFF' | 'EC2_SHUTDOWN_BEHAVIOR';

/** Depends on the agent's `--on-release` and on whether EC2 knows the machine. */
export function afterRelease({ state, facts, ec2 }: Instance): AfterRelease {
  if (state === 'TERMINATED') return 'UNSPECIFIED';
  if (facts.powersOff !== true) return 'KEEP';
  return ec2 === undefined ? 'POWEROFF' : 'EC2_SHUTDOWN_BEHAVIOR';
}
