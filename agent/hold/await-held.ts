import { ParbakeError } from '../../proto/errors/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { ContainerSpec, Held } from '../../proto/recipe/role.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { awaitReady } from '../docker/readiness.ts';
import type { HoldPlaces } from './places.ts';

/** Milliseconds between two looks at the place: close together at first. */
const firstInterval = 2;
const maxInterval = 50;
/** Milliseconds between two looks whether the container still runs. */
const inspectInterval = 250;
/**
 * Milliseconds for which an application may have its order open while its check has not passed: one that prints a line and opens
 * its order at once is not to be blamed for a line that comes late.
 */
const earliness = 2_000;

const defaultHeld: Held = { kind: 'reads', timeoutMs: 60_000 };

/** A started container that reads its order itself, and where it is probed. */
export interface Holding {
  id: string;
  container: Pick<ContainerSpec, 'name' | 'held'>;
  /** On the Engine's bridge; empty when it has to be asked for. */
  address: string;
  /** When it was started again, milliseconds since the epoch; absent for the first start. */
  since?: number | undefined;
}

/**
 * Waits until a container's check has passed and it has its order open.
 * @returns false when the container ended before
 * @throws ParbakeError READINESS_TIMEOUT, ORDER_OPENED_EARLY, ORDER_NEVER_OPENED, ORDER_OPENED_TWICE
 */
export async function awaitHeld(
  holding: Holding,
  key: PlaceKey,
  places: HoldPlaces,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<boolean> {
  const { held = defaultHeld } = holding.container;
  const until = performance.now() + held.timeoutMs;
  if (held.kind !== 'reads' && !(await passes(holding, held, key, places, engine, signal))) return false;
  const { id, container } = holding;
  let nextInspection = performance.now() + inspectInterval;
  for (let interval = firstInterval; ; interval = Math.min(interval * 1.5, maxInterval)) {
    signal.throwIfAborted();
    const readers = places.readers(key);
    if (readers === 'several') throw openedTwice(container.name);
    if (readers === 'one') break;
    if (performance.now() > nextInspection) {
      if (!(await engine.inspect(id, signal)).running) return false;
      nextInspection = performance.now() + inspectInterval;
    }
    if (performance.now() > until)
      throw new ParbakeError(
        'ORDER_NEVER_OPENED',
        `container ${container.name} did not open its order within ${held.timeoutMs / 1000} s`,
      );
    await pause(interval, signal);
  }
  places.noteHeld(key);
  return true;
}

/** Several processes would each get a part of the order. */
export function openedTwice(name: string): ParbakeError {
  return new ParbakeError(
    'ORDER_OPENED_TWICE',
    `more than one process of container ${name} has its order open, and each would read a part of it`,
  );
}

/** @returns whether the check passed; false when the container ended before */
async function passes(
  { id, container: { name }, address, since }: Holding,
  ready: Exclude<Held, { kind: 'reads' }>,
  key: PlaceKey,
  places: HoldPlaces,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<boolean> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const check = awaitReady({ id, container: { name, ready }, address, since }, engine, both);
  const early = refuseEarly(name, key, places, both);
  try {
    return await Promise.race([check, early]);
  } finally {
    ended.abort();
    // Whichever lost the race ends with the signal.
    await Promise.allSettled([check, early]);
  }
}

/** Never resolves. */
async function refuseEarly(
  name: string,
  key: PlaceKey,
  places: HoldPlaces,
  signal: AbortSignal,
): Promise<never> {
  let openSince = Infinity;
  for (;;) {
    signal.throwIfAborted();
    const readers = places.readers(key);
    if (readers === 'several') throw openedTwice(name);
    openSince = readers === 'none' ? Infinity : Math.min(openSince, performance.now());
    if (performance.now() - openSince > earliness)
      throw new ParbakeError(
        'ORDER_OPENED_EARLY',
        `container ${name} opened its order before the check of "held" passed`,
      );
    await pause(maxInterval, signal);
  }
}
