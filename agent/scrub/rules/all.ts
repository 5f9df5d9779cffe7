import { type ScrubRule } from './rule.ts';
import { agentRules } from './agents.ts';
import { builderRules } from './builder.ts';
import { dockerRules } from './docker.ts';
import { installedRules } from './installed.ts';
import { machineRules } from './machine.ts';
import { spoolRules } from './spools.ts';
import { dockerUnits } from '../../docker/service/stop.ts';

/** Every rule, in the order of removal. */
export const scrubRules: readonly ScrubRule[] = [
  ...dockerRules,
  ...agentRules,
  ...builderRules,
  ...installedRules,
  ...spoolRules,
  ...machineRules,
];

/**
 * Units to stop before any of these rules removes anything, each only once: Docker always, and before it our agent,
 * which would start containers.
 */
export function unitsToStop(rules: readonly ScrubRule[]): string[] {
  return [...new Set(['parbake-agent.service', ...dockerUnits, ...rules.flatMap((rule) => rule.stopFirst)])];
}
