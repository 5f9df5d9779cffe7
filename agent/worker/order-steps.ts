import { ParbakeError } from '../../proto/errors/errors.ts';
import { encodeOrder } from '../core/order/gate-order.ts';
import { environmentOf } from '../core/order/order.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { Step } from '../core/order/planner.ts';
import { awaitGate } from '../gate/await-gate.ts';
import type { GatePlaces } from '../gate/places.ts';
import { releaseGate } from '../gate/release.ts';
import type { StepContext } from './container-starts.ts';
import { giveCertificate } from './order-certificate.ts';
import { holdsOf, type StepTools } from './step-tools.ts';

export async function awaitGateOf(
  { id, container }: Step<'await_gate'>,
  { engine, places, observation, processes, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.gate', container: container.name, own: processes.during(id) };
  await starts.measure(part, context, async () => {
    const key = observation.gateKeyOf(id);
    if (key !== undefined) await awaitGate(id, container.name, key, places, engine, signal);
    return id;
  });
}

export async function awaitHeldOf(
  { id, container, address }: Step<'await_held'>,
  { engine, holds, observation, processes, restarts, starts }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.held', container: container.name, own: processes.during(id) };
  await starts.measure(part, context, async () => {
    const key = observation.holdKeyOf(id);
    const since = restarts.all.get(id)?.startedAt;
    const holding = { id, container, address, since };
    const isHeld =
      key !== undefined && (await holdsOf(holds, container).awaitHeld(holding, key, engine, signal));
    // It ended: how, and what that means, shows at the next look.
    if (!isHeld) observation.forget();
    return id;
  });
}

export async function release(
  { id, container, order }: Step<'release'>,
  { places, holds, certificates, observation, processes, starts, instanceId }: StepTools,
  context: StepContext,
): Promise<void> {
  const own = processes.during(id);
  const part = { span: 'container.exec', container: container.name, figure: 'execDuration', own } as const;
  await starts.measure(part, context, async () => {
    const holdKey = observation.holdKeyOf(id);
    if (holdKey !== undefined) {
      await holdsOf(holds, container).give(holdKey, order, container, instanceId);
      return id;
    }
    const key = observation.gateKeyOf(id);
    if (key === undefined)
      throw new ParbakeError('GATE_UNAVAILABLE', `container ${container.name} has no gate`);
    const place = { key: observation.filesKeyOf(id), owner: places.userOf(key) };
    giveCertificate(container, order, certificates, place);
    const frame = encodeOrder(environmentOf(order, container, instanceId));
    await giveOrder(key, frame, container.name, places);
    return id;
  });
}

/** @throws ParbakeError as `releaseGate` does; the container can then get no other order unless its gate was not reached */
async function giveOrder(key: PlaceKey, frame: Buffer, name: string, places: GatePlaces): Promise<void> {
  let isClosed = false;
  try {
    await releaseGate(places.socket(key), frame, name, () => {
      places.close(key);
      isClosed = true;
    });
  } catch (cause) {
    const hasTaken = cause instanceof ParbakeError && cause.code === 'EXEC_FAILED';
    if (isClosed && !hasTaken) places.spend(key);
    throw cause;
  }
}
