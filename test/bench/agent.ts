import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { defined } from '../../proto/errors/defined.ts';
import { installGate } from '../testbed/gate.ts';
import { pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator } from '../testbed/parbake.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { pause } from '../../proto/process/tasks.ts';
import { getInstance } from '../support/calls.ts';
import { launchClone, makeMachineImage } from '../support/machine-images.ts';
import type { App } from './apps.ts';
import { packagedAgent } from '../support/packaged-agent.ts';
import { percentile } from './statistics.ts';

export interface AgentOptions {
  testbed: Testbed;
  app: App;
  rounds: number;
  /** How long the idle agent is watched, in milliseconds. */
  idleMs: number;
  /** Watches it once more without its samples. */
  isWithoutSamplesToo: boolean;
  status: (text: string) => void;
}

export interface AgentResult {
  n: number;
  /** From the exec of the bundled agent, without what enters its Engine's namespace for it, to its check-in at the coordinator; the clock is the coordinator's log's. */
  exec_to_check_in_p50_ms: number;
  /** Memory of the idle agent with one prepared container, in MiB. */
  rss_mib: number;
  /** Share of one core over the idle time. */
  cpu_percent: number;
  idle_s: number;
  /** The same agent, which takes no samples of disk, network, processor and memory (`--samples off`); only when asked for. */
  without_samples?: Idle;
}

interface Idle {
  rss_mib: number;
  cpu_percent: number;
}

/** Milliseconds: more than the agent waits for a quiet moment to collect in. */
const settleMs = 15_000;

/** What the agent costs an instance: the bundled program, as the package has it, on a booted clone. */
export async function benchAgent({
  testbed,
  app,
  rounds,
  idleMs,
  isWithoutSamplesToo,
  status,
}: AgentOptions): Promise<AgentResult> {
  status('bundling the agent');
  const packaged = await packagedAgent(testbed);
  const engine = await bootClone(testbed, app);
  const coordinator = await startCoordinator(testbed);
  // The same instance each time: another one with this Engine's identity would be quarantined, with nothing prepared.
  const instanceId = `i-${randomUUID()}`;
  const times: number[] = [];
  const execTime = join(testbed.makeDirectory('exec-time'), 'ms');
  for (let round = 1; round <= rounds; round++) {
    status(`agent start ${round} of ${rounds}`);
    const agent = startAgent(testbed, engine, coordinator, instanceId, {
      ...packaged,
      through: ['sh', '-c', 'date +%s%3N > "$0"; exec "$@"', execTime],
    });
    const begun = Number(
      await waitFor(
        'the exec',
        () => existsSync(execTime) && (readFileSync(execTime, 'utf8').trim() || undefined),
      ),
    );
    const checkIn = await waitFor('the check-in', () => {
      if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
      const lines = coordinator.process
        .log()
        .split('\n')
        .filter((line) => line.includes('instance checked in') && line.endsWith('}'));
      const at = lines.map((line) => Date.parse((JSON.parse(line) as { time: string }).time));
      return at.find((ms) => ms >= begun);
    });
    times.push(checkIn - begun);
    await agent.stop();
    rmSync(execTime);
  }
  const idle = async (options: readonly string[]): Promise<Idle> => {
    const agent = startAgent(testbed, engine, coordinator, instanceId, { ...packaged, options });
    await waitFor('the instance to be ready', async () => {
      if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
      const found = await getInstance(coordinator.clients, instanceId).catch(() => undefined);
      return found?.state === 'INSTANCE_STATE_READY' && found.connected;
    });
    status(`watching the idle agent for ${idleMs / 1000} s ${options.join(' ')}`);
    // Its rehearsal and start are over, and it has collected what they left.
    await pause(settleMs, new AbortController().signal);
    const before = cpuMs(agent.pid);
    const start = performance.now();
    await pause(idleMs, new AbortController().signal);
    const cpu = ((cpuMs(agent.pid) - before) / (performance.now() - start)) * 100;
    const rss = rssMib(agent.pid);
    await agent.stop();
    return { rss_mib: Math.round(rss * 10) / 10, cpu_percent: Math.round(cpu * 100) / 100 };
  };
  const sampling = await idle([]);
  const without = isWithoutSamplesToo ? await idle(['--samples', 'off']) : undefined;
  await coordinator.process.stop();
  await engine.stop();
  return {
    n: rounds,
    exec_to_check_in_p50_ms: percentile(times, 0.5),
    ...sampling,
    idle_s: Math.round(idleMs / 1000),
    ...defined({ without_samples: without }),
  };
}

/** An Engine on a clone of a sealed root with one role behind the gate. */
export async function bootClone(testbed: Testbed, app: App) {
  const image = `${(await testbed.registry()).address}/bench/${app.name}:1`;
  const builder = await testbed.startEngine();
  await app.build(builder, testbed.makeDirectory(`clone-${app.name}`), image);
  await pushImage(builder, image);
  await installGate(builder.root);
  // What answers otherwise than over HTTP is ready when its port is open.
  const ready = app.answer === undefined ? 'http: { port: 8080 }' : 'tcp: { port: 8080 }';
  await makeMachineImage(
    testbed,
    builder,
    `apiVersion: parbake/v1
images: ['${image}']
roles:
  web:
    containers: [{ name: app, image: '${image}', ports: [8080], ready: { ${ready} } }]
`,
  );
  return await launchClone(testbed, builder, `instance-${app.name}`);
}

/** Processor time of a process with all its threads, in milliseconds: the scheduler's own, finer than its ticks. */
function cpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0);
}

function rssMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
