import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { connected } from '../demo/fleet.ts';
import { firstPage } from '../demo/page.ts';
import { makeCertificates } from '../testbed/certificates.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import type { AssignResponse__Output } from '../../proto/gen/parbake/v1/AssignResponse.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { assign, createJoinToken, getInstance, release } from '../support/calls.ts';
import { bootClone } from './agent.ts';
import type { App } from './apps.ts';
import { packagedAgent } from '../support/packaged-agent.ts';
import { command } from '../testbed/command.ts';
import { summarise, type Summary } from './statistics.ts';

export interface AssignResult extends Summary {
  /** Medians of what the coordinator saw until then, in milliseconds from the call. */
  steps: Record<'claimed' | 'delivered' | 'started' | 'ready', number>;
}

/** With the certificates that the coordinator issues to instances, beside certificates that somebody issued. */
export interface AttestedResult extends AssignResult {
  /** Its median divided by the median without attestation; at most 1.05. */
  ratio: number;
}

export interface BenchAssign {
  testbed: Testbed;
  app: App;
  rounds: number;
  /** Measures the same with attestation, in turns. */
  isAttestedToo: boolean;
  onRound: (round: number) => void;
}

/** A coordinator, and how an instance proves itself to it. */
interface Way {
  coordinator: Coordinator;
  /** Options of the agent; undefined for a certificate that the test bed issues. */
  proofOf: (instanceId: string) => Promise<readonly string[] | undefined>;
  samples: number[];
  steps: Record<keyof Steps, number[]>;
}

type Timings = NonNullable<NonNullable<AssignResponse__Output['assignment']>['timings']>;

/**
 * From the call of Assign to the whole of the first HTTP answer, through a coordinator with its durable store and an
 * agent over mutual TLS, as the package runs it, to an application behind the gate. Every round is a new agent with a new instance id,
 * since an instance is given away only once.
 */
export async function benchAssign(
  request: BenchAssign,
): Promise<AssignResult & { attested?: AttestedResult }> {
  const { testbed, app, rounds, isAttestedToo, onRound } = request;
  const engine = await bootClone(testbed, app);
  const issued = newWay(await startCoordinator(testbed), () => Promise.resolve(undefined));
  const attested = isAttestedToo ? await attestingWay(testbed) : undefined;
  const ways = attested === undefined ? [issued] : [issued, attested];
  for (const { coordinator } of ways) await connected(coordinator.clients);
  const packaged = await packagedAgent(testbed);
  // What made the image is still being written, and would be written by what an order flushes.
  await command('sync', []);
  for (let round = 1; round <= rounds; round++) {
    // Each of them comes first in half of the rounds.
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const instanceId = `i-${randomUUID()}`;
      const proof = await way.proofOf(instanceId);
      const agent = startAgent(testbed, engine, way.coordinator, instanceId, { ...packaged, proof });
      await measureOnce(way, instanceId, agent, app);
      await agent.stop();
    }
    onRound(round);
  }
  for (const { coordinator } of ways) await coordinator.process.stop();
  await engine.stop();
  const result = resultOf(issued);
  if (attested === undefined) return result;
  const [without, withIt] = [result, resultOf(attested)];
  const ratio = Math.round((withIt.p50_ms / without.p50_ms) * 1000) / 1000;
  return { ...without, attested: { ...withIt, ratio } };
}

function newWay(coordinator: Coordinator, proofOf: Way['proofOf']): Way {
  return {
    coordinator,
    proofOf,
    samples: [],
    steps: { claimed: [], delivered: [], started: [], ready: [] },
  };
}

/** A coordinator that issues its agents' certificates itself, to instances with a join token. */
async function attestingWay(testbed: Testbed): Promise<Way> {
  const directory = testbed.makeDirectory('attesting');
  const { ca, caKey } = makeCertificates(testbed.makeDirectory('certificates'));
  const options = ['--attest-listen', `${testbed.hostAddress}:0`, '--issuer-cert', ca, '--issuer-key', caKey];
  const coordinator = await startCoordinator(testbed, undefined, options, directory);
  const [, , address = ''] = coordinator.process.addresses;
  return newWay(coordinator, async (instanceId) => {
    const file = join(directory, `${instanceId}.token`);
    writeFileSync(file, await createJoinToken(coordinator.clients, instanceId), { mode: 0o600 });
    return ['--attest', `join-token:${file}`, '--attest-address', address];
  });
}

async function measureOnce(way: Way, instanceId: string, agent: Started, app: App): Promise<void> {
  const { clients } = way.coordinator;
  await waitFor(`${instanceId} to be ready`, async () => {
    if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
    const found = await getInstance(clients, instanceId).catch(() => undefined);
    return found?.state === 'INSTANCE_STATE_READY' && found.connected;
  });
  const start = performance.now();
  const { assignment } = await assign(clients, { user: 'bench', role: 'web' });
  const [endpoint] = assignment?.endpoints ?? [];
  const page = await firstPage(endpoint?.host ?? '', endpoint?.port ?? 0, AbortSignal.timeout(10_000));
  way.samples.push(performance.now() - start);
  if (page.status !== 200) throw new Error(`${app.name} answered ${page.status}: ${page.body}`);
  for (const [step, ms] of Object.entries(stepsOf(assignment?.timings ?? null)))
    way.steps[step as keyof Steps].push(ms);
  await release(clients, assignment?.assignmentId ?? '');
  await waitFor('the release', async () => {
    const found = await getInstance(clients, instanceId);
    return found.state === 'INSTANCE_STATE_RETIRED';
  });
}

function resultOf({ samples, steps }: Way): AssignResult {
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
