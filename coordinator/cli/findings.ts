import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { Role__Output } from '../../proto/gen/parbake/v1/Role.ts';
import { stateName } from '../insight/format.ts';

/** What a check found. A warning is what works today and needs somebody. */
export interface Finding {
  check: string;
  result: 'ok' | 'warning' | 'failed';
  detail: string;
  /** What to do; empty when nothing is. */
  action: string;
}

const day = 86_400_000;
/** A certificate with less time left is worth a warning. */
const soon = 14 * day;
/** How many names a sentence has. */
const maxNames = 3;

/** Parts of node:crypto's X509Certificate. */
export interface Validity {
  validFrom: string;
  validTo: string;
}

/** @param whose as the check's name has it. @param now milliseconds since the epoch */
export function validityFinding(whose: string, { validFrom, validTo }: Validity, now: number): Finding {
  const check = `certificate of ${whose}`;
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const until = new Date(to).toISOString().slice(0, 16).replace('T', ' ');
  if (now < from)
    return {
      check,
      result: 'failed',
      detail: `is valid from ${new Date(from).toISOString()} on`,
      action: "set this machine's clock, or wait until then",
    };
  if (now > to)
    return {
      check,
      result: 'failed',
      detail: `expired on ${until} UTC`,
      action: 'issue a new one (docs/tls.md)',
    };
  const isSoon = to - now < soon;
  return {
    check,
    result: isSoon ? 'warning' : 'ok',
    detail: `valid until ${until} UTC, ${Math.floor((to - now) / day)} days`,
    action: isSoon ? 'issue a new one in time (docs/tls.md)' : '',
  };
}

/** What the fleet says about itself. @param version of this program */
export function fleetFindings(
  instances: readonly Instance__Output[],
  roles: readonly Role__Output[],
  version: string,
): Finding[] {
  return [poolsFinding(roles), ...instanceFindings(instances), versionsFinding(instances, version)];
}

function poolsFinding(roles: readonly Role__Output[]): Finding {
  const empty = roles.filter(({ readyInstances }) => readyInstances === 0).map(({ name }) => name);
  const waiting = roles.reduce((sum, { waitingAssignments }) => sum + waitingAssignments, 0);
  const waits = waiting === 0 ? '' : `; ${waiting} requests wait`;
  return empty.length === 0
    ? {
        check: 'pools',
        result: 'ok',
        detail: `${counted(roles.length, 'role')}, each with an instance that is ready`,
        action: '',
      }
    : {
        check: 'pools',
        result: 'warning',
        detail: `no instance is ready for ${named(empty)}${waits}`,
        action: 'launch instances of these roles (parbake pools)',
      };
}

function instanceFindings(instances: readonly Instance__Output[]): Finding[] {
  const quarantined = instances.filter(({ state }) => stateName(state) === 'QUARANTINED');
  const silent = instances.filter(({ silentSince }) => silentSince !== null);
  return [
    finding('quarantine', quarantined, 'is quarantined', 'parbake show INSTANCE has the reason'),
    finding('agents', silent, 'is silent', 'look at the machine, or parbake retire INSTANCE --lost'),
  ];
}

function finding(check: string, found: readonly Instance__Output[], what: string, action: string): Finding {
  if (found.length === 0) return { check, result: 'ok', detail: `no instance ${what}`, action: '' };
  const ids = found.map(({ instanceId }) => instanceId);
  const detail = found.length === 1 ? `${named(ids)} ${what}` : `${named(ids)} ${what.replace('is', 'are')}`;
  return { check, result: 'warning', detail, action };
}

function versionsFinding(instances: readonly Instance__Output[], version: string): Finding {
  const versions = new Map<string, number>();
  for (const { facts } of instances) {
    const agent = facts?.agentVersion ?? '';
    if (agent !== '' && agent !== version) versions.set(agent, (versions.get(agent) ?? 0) + 1);
  }
  if (versions.size === 0)
    return {
      check: 'versions',
      result: 'ok',
      detail: `every agent is ${version}, as this program is`,
      action: '',
    };
  const each = [...versions].map(([agent, count]) => `${count} ${count === 1 ? 'runs' : 'run'} ${agent}`);
  return {
    check: 'versions',
    result: 'warning',
    detail: `this program is ${version}, and of the agents ${each.join(', ')}`,
    action: 'bake new images when it suits you: older agents are served',
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function named(names: readonly string[]): string {
  const more = names.length - maxNames;
  return more > 0 ? `${names.slice(0, maxNames).join(', ')} and ${more} more` : names.join(', ');
}
