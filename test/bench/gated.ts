import * as kernelFacts from '../../agent/host/kernel-facts.ts';
import { performance } from 'node:perf_hooks';
import { encodeOrder } from '../../agent/core/order/gate-order.ts';
import { passingKey } from '../../agent/host/secret-key.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import { connect } from '../../agent/docker/client.ts';
import { containerEngine } from '../../agent/docker/containers.ts';
import { OwnLabels } from '../../agent/docker/own-labels.ts';
import { awaitGate } from '../../agent/gate/await-gate.ts';
import { gateInContainer, gatePath, GatePlaces, socketInContainer } from '../../agent/gate/places.ts';
import { releaseGate } from '../../agent/gate/release.ts';
import type { Engine } from '../testbed/engine.ts';
import { answered, portOf, type App } from './apps.ts';

/** An application that waits for its order. */
export interface Gated {
  /** @returns milliseconds from the order to the whole of the first answer */
  order(): Promise<number>;
  remove(): Promise<void>;
}

/**
 * Prepares an application behind the gate as the agent does it, to be ordered without a coordinator before it. The gate must
 * be installed below the Engine's root.
 */
export async function prepareGated(
  engine: Engine,
  app: App,
  image: string,
  signal: AbortSignal,
): Promise<Gated> {
  const { root, address } = engine;
  const agent = containerEngine(connect(engine.socket), kernelFacts, new OwnLabels(passingKey()));
  const places = new GatePlaces(`${root}/run/parbake/gate`, `${root}${gatePath}`);
  const container: ContainerSpec = {
    name: 'app',
    image,
    prepare: 'gate',
    ports: [portOf],
    ready: { kind: 'started' },
    userEnv: [],
  };
  const key = await places.make();
  const gate = { key, binds: places.binds(key), program: gateInContainer, socket: socketInContainer };
  const id = await agent.create({ container, role: 'bench', level: 'gate', env: {}, gate }, signal);
  await agent.start(id, signal);
  await awaitGate(id, 'app', key, places, agent, signal);
  const order = encodeOrder({ PARBAKE_USER: 'bench' });
  return {
    async order() {
      const begin = performance.now();
      await releaseGate(places.socket(key), order, 'app', () => places.close(key));
      await answered(app, address, signal);
      return performance.now() - begin;
    },
    async remove() {
      await engine.docker.getContainer(id).remove({ force: true, v: true });
      await places.remove(key);
    },
  };
}
