import type { ObservedContainer, Target } from './planner.ts';
import {
  awaitsOrder,
  publishedPorts,
  type ContainerSpec,
  type PrepareLevel,
  type Role,
} from '../../../proto/recipe/role.ts';

/**
 * What a prepared container takes while it waits, in bytes: its supervisor in the container runtime, and what runs in
 * it. A gate is a few pages; an application that was started is not known beforehand, so this is on the safe side.
 */
const costs: Record<Target['level'], number> = {
  create: 0,
  gate: 16 * 1024 ** 2,
  start: 256 * 1024 ** 2,
  pause: 256 * 1024 ** 2,
  hold: 256 * 1024 ** 2,
};

export interface PreparationLimits {
  /** Whether the gate is on this instance. */
  hasGate: boolean;
  /** For all prepared containers together, in bytes. */
  memoryBytes: number;
}

/**
 * How far each container of each role is prepared on this instance. Roles come first that the recipe names first; one
 * that publishes a port which an earlier one holds already, or for which there is no memory, is only created.
 */
export function chooseTargets(roles: readonly Role[], { hasGate, memoryBytes }: PreparationLimits): Target[] {
  const ports = new Set<number>();
  let memoryLeft = memoryBytes;
  return roles.flatMap(({ name: role, containers }) => {
    const wanted = containers.map((container) => possibleLevel(container.prepare, hasGate));
    const cost = containers.reduce((sum, each, index) => sum + costOf(each, wanted[index] ?? 'none'), 0);
    const isPortTaken = containers.some((container) =>
      publishedPorts(container).some((port) => ports.has(port)),
    );
    const isHeldBack = isPortTaken || cost > memoryLeft;
    const targets = containers.flatMap((container, index): Target[] => {
      const level = wanted[index] ?? 'none';
      const lowered = isHeldBack && level !== 'none' ? possibleLevel('create', hasGate) : level;
      return lowered === 'none' ? [] : [{ role, container, level: lowered }];
    });
    if (!isHeldBack) {
      memoryLeft -= cost;
      // Docker takes a port when a container starts.
      const started = targets.filter(({ level }) => level !== 'create');
      for (const { container } of started) for (const port of publishedPorts(container)) ports.add(port);
    }
    return targets;
  });
}

/** An application with a limit takes no more than that. */
function costOf({ memoryBytes }: ContainerSpec, level: PrepareLevel): number {
  if (level === 'none') return 0;
  const isRunning = level === 'start' || level === 'pause' || level === 'hold';
  return isRunning ? (memoryBytes ?? costs[level]) : Math.min(costs[level], memoryBytes ?? Infinity);
}

/** Without the gate's program nothing of a user could get into a container that exists already. */
function possibleLevel(level: PrepareLevel, hasGate: boolean): PrepareLevel {
  return !hasGate && awaitsOrder(level) ? 'none' : level;
}

/**
 * How far a role is prepared, 0 to 1: 1 when every container is as far as the recipe asks, less when it was held back
 * or is not there yet. Containers that the recipe does not prepare count as prepared.
 */
export function preparationOf(
  role: Role,
  targets: readonly Target[],
  observed: readonly ObservedContainer[],
): number {
  if (role.containers.length === 0) return 1;
  const shares = role.containers.map((container) => {
    if (container.prepare === 'none') return 1;
    const target = targets.find((each) => each.role === role.name && each.container.name === container.name);
    const found = observed.find((each) => each.role === role.name && each.name === container.name);
    if (target === undefined || found === undefined || !isSettled(found, target)) return 0;
    return target.level === container.prepare ? 1 : 0.5;
  });
  return shares.reduce<number>((sum, share) => sum + share, 0) / shares.length;
}

const settled = {
  create: 'created',
  gate: 'waiting',
  hold: 'waiting',
  start: 'running',
  pause: 'paused',
} as const;

function isSettled({ state }: ObservedContainer, { level }: Target): boolean {
  return state === settled[level];
}
