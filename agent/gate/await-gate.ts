import { ParbakeError } from '../../proto/errors/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { GatePlaces } from './places.ts';

/** Intervals between two checks of the socket and between two of the container, in milliseconds. */
const socketInterval = 2;
const containerInterval = 250;
/** Time limit for a gate to start listening, in milliseconds. It takes less than one once its process runs. */
const deadline = 10_000;

/**
 * Waits until a started container's gate listens.
 * @param key the key of its place
 * @throws ParbakeError GATE_UNAVAILABLE when it does not, with what the gate said
 */
export async function awaitGate(
  id: string,
  name: string,
  key: PlaceKey,
  places: GatePlaces,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + deadline;
  let nextLook = performance.now() + containerInterval;
  while (places.look(key) === 'coming_up') {
    signal.throwIfAborted();
    if (performance.now() > nextLook) {
      const { running, exitCode } = await engine.inspect(id, signal);
      if (!running) throw await unavailable(id, name, `it ended with code ${exitCode}`, engine, signal);
      nextLook = performance.now() + containerInterval;
    }
    if (performance.now() > until)
      throw await unavailable(id, name, `it did not listen within ${deadline / 1000} s`, engine, signal);
    await pause(socketInterval, signal);
  }
}

async function unavailable(
  id: string,
  name: string,
  why: string,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<ParbakeError> {
  const log = saidByGate(await engine.logs(id, signal).catch(() => ''));
  return new ParbakeError('GATE_UNAVAILABLE', `the gate of container ${name} did not come up: ${why}${log}`);
}

/** The gate's own words. A container that is started again has printed other things before. */
function saidByGate(output: string): string {
  const said = output
    .split('\n')
    .findLast((line) => /^parbake gate: cannot [a-z '\u2019:]{1,60}: error \d+\r?$/.test(line));
  return said === undefined ? '' : `; it said: ${said.trim()}`;
}
