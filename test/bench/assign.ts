import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { connected } from '../demo/fleet.ts';
import { firstPage } from '../demo/page.ts';
import { startAgent, startCoordinator } from '../testbed/parbake.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import type { AssignResponse__Output } from '../../proto/gen/parbake/v1/AssignResponse.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { bootClone } from './agent.ts';
import type { App } from './apps.ts';
import { packagedAgent } from '../support/packaged-agent.ts';
import { command } from '../testbed/command.ts';
import { summarise, type Summary } from './statistics.ts';

export interface AssignResult extends Summary {
  /** Medians of what the coordinator saw until then, in milliseconds from the call. */
  steps: Record<'claimed' | 'delivered' | 'started' | 'ready', number>;
}

type Timings = NonNullable<NonNullable<AssignResponse__Output['assignment']>['timings']>;

/**
 * From the call of Assign to the whole of the first HTTP answer, through a coordinator with its durable store and an
 * agent over mutual TLS, as the package runs it, to an application behind the gate. Every round is a new agent with a new instance id,
 * since an instance is given away only once.
 */
export async function benchAssign(
  testbed: Testbed,
  app: App,
  rounds: number,
  onRound: (round: number) => void,
): Promise<AssignResult> {
  const engine = await bootClone(testbed, app);
  const coordinator = await startCoordinator(testbed);
  await connected(coordinator.clients);
  const packaged = await packagedAgent(testbed);
  // What made the image is still being written, and would be written by what an order flushes.
  await command('sync', []);
  const samples: number[] = [];
  const steps = { claimed: [], delivered: [], started: [], ready: [] } as Record<keyof Steps, number[]>;
  for (let round = 1; round <= rounds; round++) {
    const instanceId = `i-${randomUUID()}`;
    const agent = startAgent(testbed, engine, coordinator, instanceId, packaged);
    await waitFor(`${instanceId} to be ready`, async () => {
      if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
      const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
      return found?.state === 'INSTANCE_STATE_READY' && found.connected;
    });
    const start = performance.now();
    const { assignment } = await assign(coordinator.clients, { user: 'bench', role: 'web' });
    const [endpoint] = assignment?.endpoints ?? [];
    const page = await firstPage(endpoint?.host ?? '', endpoint?.port ?? 0, AbortSignal.timeout(10_000));
    samples.push(performance.now() - start);
    if (page.status !== 200) throw new Error(`${app.name} answered ${page.status}: ${page.body}`);
    for (const [step, ms] of Object.entries(stepsOf(assignment?.timings ?? null)))
      steps[step as keyof Steps].push(ms);
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the release', async () => {
      const found = await getInstance(coordinator.clients, instanceId);
      return found.state === 'INSTANCE_STATE_RETIRED';
    });
    await agent.stop();
    onRound(round);
  }
  await coordinator.process.stop();
  await engine.stop();
  const medians = Object.entries(steps).map(([step, values]) => [step, summarise(values).p50_ms]);
  return { ...summarise(samples), steps: Object.fromEntries(medians) as Steps };
}

type Steps = AssignResult['steps'];

function stepsOf(timings: Timings | null): Partial<Steps> {
  const found = Object.entries(timings ?? {}).flatMap(([step, duration]) =>
    duration === null || duration === undefined ? [] : [[step, millisecondsOf(duration)]],
  );
  return Object.fromEntries(found) as Partial<Steps>;
}
