import * as kernelFacts from '../../agent/host/kernel-facts.ts';
import { performance } from 'node:perf_hooks';
import { connect } from '../../agent/docker/client.ts';
import { containerEngine } from '../../agent/docker/containers.ts';
import { OwnLabels } from '../../agent/docker/own-labels.ts';
import { gatePath } from '../../agent/gate/places.ts';
import { Holds } from '../../agent/hold/holds.ts';
import { passingKey } from '../../agent/host/secret-key.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import type { Engine } from '../testbed/engine.ts';
import { answered, portOf, type App } from './apps.ts';
import type { Gated } from './gated.ts';

const order = { assignmentId: 'bench', user: 'bench', environment: '', role: 'bench', env: {}, files: {} };

/**
 * Prepares an application that reads its order itself, as the agent does it, to be ordered without a coordinator before it. The
 * gate must be installed below the Engine's root.
 */
export async function prepareHeld(
  engine: Engine,
  app: App,
  image: string,
  signal: AbortSignal,
): Promise<Gated> {
  const { root, address } = engine;
  const agent = containerEngine(connect(engine.socket), kernelFacts, new OwnLabels(passingKey()));
  const holds = new Holds(`${root}/run/parbake/hold`, `${root}${gatePath}`);
  const container: ContainerSpec = {
    name: 'app',
    image,
    prepare: 'hold',
    ports: [portOf],
    ready: { kind: 'started' },
    held: { kind: 'reads', timeoutMs: 60_000 },
    userEnv: [],
  };
  const hold = await holds.mount('app');
  const id = await agent.create({ container, role: 'bench', level: 'hold', env: {}, hold }, signal);
  await agent.start(id, signal);
  if (!(await holds.awaitHeld({ id, container, address: '' }, hold.key, agent, signal)))
    throw new Error(`${app.name} ended before its order: ${await agent.logs(id, signal)}`);
  return {
    async order() {
      const begin = performance.now();
      await holds.give(hold.key, order, container, 'bench');
      await answered(app, address, signal);
      return performance.now() - begin;
    },
    async remove() {
      await engine.docker.getContainer(id).remove({ force: true, v: true });
      await holds.remove(hold.key);
    },
  };
}
