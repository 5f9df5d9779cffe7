import { isGated, type ContainerSpec } from '../../proto/recipe/role.ts';
import { environmentOf, type Order } from '../core/order/order.ts';
import type { Step } from '../core/order/planner.ts';
import type { ContainerRequest } from '../docker/container-spec.ts';
import type { StepContext } from './container-starts.ts';
import { filesMount, gateForOrder, gateMount } from './mounts.ts';
import { holdsOf, type StepTools } from './step-tools.ts';

export async function prepare(
  { target: { role, container, level } }: Step<'prepare'>,
  { engine, places, holds, files, certificates, surroundings, observation, starts, instanceId }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.create', container: container.name, figure: 'createDuration' } as const;
  await starts.measure(part, context, async () => {
    observation.forget();
    const hold =
      container.prepare === 'hold' ? await holdsOf(holds, container).mount(container.name) : undefined;
    const gate = isGated(level) && hold === undefined ? await gateMount(places) : undefined;
    // Through a gate everything comes with the order.
    const env = gate === undefined ? { PARBAKE_INSTANCE_ID: instanceId } : {};
    const mount = await filesMount({ files, certificates }, container);
    const network = await surroundings.network(role, signal);
    const request = { container, role, level, env, gate, hold, files: mount, network };
    const id = await engine.create(request, signal);
    starts.created(id, container, level, context.assignmentId);
    return id;
  });
}

export async function create(
  { container, order }: Step<'create'>,
  { engine, places, holds, files, certificates, surroundings, observation, starts, instanceId }: StepTools,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const part = { span: 'container.create', container: container.name, figure: 'createDuration' } as const;
  await starts.measure(part, context, async () => {
    observation.forget();
    const { assignmentId, role } = order;
    const hold =
      container.prepare === 'hold' ? await holdsOf(holds, container).mount(container.name) : undefined;
    const gate = hold === undefined ? await gateForOrder(container, order, places) : undefined;
    const env = createdEnvironment(order, container, { gate, hold, instanceId });
    const mount = await filesMount({ files, certificates }, container);
    if (mount !== undefined) await files.write(mount.key, order.files);
    const network = await surroundings.network(role, signal);
    const request = {
      container,
      role,
      assignmentId,
      level: 'none',
      env,
      gate,
      hold,
      files: mount,
      network,
    } as const;
    const id = await engine.create(request, signal);
    starts.created(id, container, 'none', context.assignmentId);
    return id;
  });
}

/** What Docker stores of an order; nothing where it comes later. */
function createdEnvironment(
  order: Order,
  container: ContainerSpec,
  { gate, hold, instanceId }: Pick<ContainerRequest, 'gate' | 'hold'> & { instanceId: string },
): Record<string, string> {
  if (hold !== undefined) return { PARBAKE_INSTANCE_ID: instanceId };
  return gate === undefined ? environmentOf(order, container, instanceId) : {};
}
