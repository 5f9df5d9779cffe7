import { isGone } from '../instance-state.ts';
import { isMassSilence, massSilenceWindow } from '../limits.ts';
import type { PoolMachine } from './pool-view.ts';

export interface Silence {
  /** So many fell silent within a minute that nothing is concluded from it. */
  isMass: boolean;
  /** Where most machines are silent: what is launched there would be silent too. */
  subnets: ReadonlySet<string>;
}

/** What the silence of a pool's machines means, beyond each of them. */
export function silenceOf(machines: readonly PoolMachine[], steady: number): Silence {
  const heard = machines.filter(({ instance }) => instance !== undefined);
  const silent = heard.filter(({ instance }) => instance?.connected === false && !isGone(instance.state));
  const fell = silent.filter(({ instance }) => (instance?.sessionSteady ?? 0) > steady - massSilenceWindow);
  const subnets = Map.groupBy(silent, ({ subnetId }) => subnetId);
  const mostly = [...subnets].filter(([subnetId, lost]) => {
    const all = heard.filter((machine) => machine.subnetId === subnetId).length;
    return lost.length >= 3 && lost.length * 2 > all;
  });
  return {
    isMass: isMassSilence(fell.length, heard.length),
    subnets: new Set(mostly.map(([subnetId]) => subnetId)),
  };
}
