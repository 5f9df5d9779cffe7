import { isOver, isOwned, type AssignmentState } from './assignment-state.ts';

/** How a route stands; see RouteState in route.proto. */
export const routeStates = [
  /** An assignment has the name, and does not serve. */
  'RESERVED',
  /** The name leads to the instance. */
  'PUBLISHED',
  /** The name is free. The row stays for a day, so that publishers learn of it. */
  'WITHDRAWN',
] as const;
export type RouteState = (typeof routeStates)[number];

export const routeSchemes = ['HTTP', 'HTTPS', 'TCP'] as const;
export type RouteScheme = (typeof routeSchemes)[number];

/** A host name for a port of a container. */
export interface RouteRequest {
  /** Lower case, without a dot at its end. */
  name: string;
  /** Empty: the one that publishes the port. */
  container: string;
  port: number;
  scheme: RouteScheme;
}

export interface RouteTarget {
  host: string;
  port: number;
}

export interface Route extends RouteRequest {
  assignmentId: string;
  /** The principal that asked for the assignment. */
  owner: string;
  state: RouteState;
  /** Absent unless PUBLISHED. */
  target?: RouteTarget;
  /** The number of its last change. All changes of all routes are counted together, from 1. */
  generation: number;
  /** Milliseconds since the epoch; 0 before. */
  publishedTime: number;
  /** When every publisher had it; 0 before. */
  routedTime: number;
  /** `CODE: sentence`, why it is not PUBLISHED although its assignment serves; else empty. */
  problem: string;
}

/**
 * Milliseconds for which an address belongs to its last assignment after every publisher has dropped it: resolvers,
 * browsers and open connections go on using it for a while.
 */
export const targetHold = 60_000;

/** Milliseconds for which containers of a released assignment wait for publishers to drop their address. */
export const withdrawalPatience = 2_000;

/** What becomes of an assignment's routes when its state changes. */
export type RouteEffect = 'none' | 'publish' | 'reserve' | 'withdraw';

/** A name leads to an assignment exactly while it serves, and belongs to it until it is released or over. */
export function routeEffect(before: AssignmentState, after: AssignmentState): RouteEffect {
  if (after === 'SERVING') return before === 'SERVING' ? 'none' : 'publish';
  if (isOwned(before) && !isOwned(after)) return 'withdraw';
  return before === 'SERVING' && !isOver(after) ? 'reserve' : 'none';
}

/** Where the container answers; undefined when it publishes no such port. */
export function targetOf(
  { container, port }: Pick<RouteRequest, 'container' | 'port'>,
  endpoints: readonly (RouteTarget & { container: string })[],
): RouteTarget | undefined {
  const found = endpoints.find(
    (one) => one.port === port && (container === '' || one.container === container),
  );
  return found === undefined ? undefined : { host: found.host, port: found.port };
}
