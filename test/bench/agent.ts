import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { command } from '../../packaging/dev/testbed/command.ts';
import { cloneRoot } from '../../packaging/dev/testbed/engine.ts';
import { installGate } from '../../packaging/dev/testbed/gate.ts';
import { pushImage } from '../../packaging/dev/testbed/images.ts';
import { agentProgram, startAgent, startCoordinator } from '../../packaging/dev/testbed/parbake.ts';
import type { Testbed } from '../../packaging/dev/testbed/testbed.ts';
import { waitFor } from '../../packaging/dev/testbed/wait.ts';
import { pause } from '../../proto/process/tasks.ts';
import { getInstance } from '../support/calls.ts';
import type { App } from './apps.ts';
import { packagedAgent } from './packaged-agent.ts';
import { percentile } from './statistics.ts';

export interface AgentResult {
  n: number;
  /** From the exec of the bundled agent to its check-in at the coordinator; the clock is the coordinator's log's. */
  exec_to_check_in_p50_ms: number;
  /** Of the idle agent with one prepared container, in MiB. */
  rss_mib: number;
  /** Of one core, over the idle time. */
  cpu_percent: number;
  idle_s: number;
}

/** Milliseconds: more than the agent waits for a quiet moment to collect in. */
const settleMs = 15_000;

/** What the agent costs an instance: the bundled program, as the package has it, on a booted clone. */
export async function benchAgent(
  testbed: Testbed,
  app: App,
  rounds: number,
  idleMs: number,
  status: (text: string) => void,
): Promise<AgentResult> {
  status('bundling the agent');
  const packaged = await packagedAgent(testbed);
  const engine = await bootClone(testbed, app);
  const coordinator = await startCoordinator(testbed);
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    status(`agent start ${round} of ${rounds}`);
    const instanceId = `i-${randomUUID()}`;
    const begun = Date.now();
    const agent = startAgent(testbed, engine, coordinator, instanceId, packaged);
    const entry = await waitFor('the check-in', () => {
      if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
      return coordinator.process
        .log()
        .split('\n')
        .find((line) => line.includes('instance checked in') && line.includes(instanceId));
    });
    const { time }: { time: string } = JSON.parse(entry);
    times.push(Date.parse(time) - begun);
    if (round < rounds) await agent.stop();
    else {
      await waitFor('the instance to be ready', async () => {
        const { state } = await getInstance(coordinator.clients, instanceId);
        return state !== 'INSTANCE_STATE_CHECKED_IN' && state !== 'INSTANCE_STATE_PREPARING';
      });
      status(`watching the idle agent for ${idleMs / 1000} s`);
      // Its rehearsal and start are over, and it has collected what they left.
      await pause(settleMs, new AbortController().signal);
      const before = cpuSeconds(agent.pid);
      const start = performance.now();
      await pause(idleMs, new AbortController().signal);
      const seconds = (performance.now() - start) / 1000;
      const cpu = ((cpuSeconds(agent.pid) - before) / seconds) * 100;
      const rss = rssMib(agent.pid);
      await agent.stop();
      await coordinator.process.stop();
      await engine.stop();
      return {
        n: rounds,
        exec_to_check_in_p50_ms: percentile(times, 0.5),
        rss_mib: Math.round(rss * 10) / 10,
        cpu_percent: Math.round(cpu * 100) / 100,
        idle_s: Math.round(seconds),
      };
    }
  }
  throw new Error('no rounds');
}

/** An Engine on a clone of a sealed root with one role behind the gate. */
export async function bootClone(testbed: Testbed, app: App) {
  const image = `${(await testbed.registry()).address}/bench/${app.name}:1`;
  const builder = await testbed.startEngine();
  await app.build(builder, testbed.makeDirectory(`clone-${app.name}`), image);
  await pushImage(builder, image);
  await installGate(builder.root);
  const recipe = join(testbed.directory, `${app.name}.yaml`);
  // What answers otherwise than over HTTP is ready when its port is open.
  const ready = app.answer === undefined ? 'http: { port: 8080 }' : 'tcp: { port: 8080 }';
  writeFileSync(
    recipe,
    `apiVersion: parbake/v1
images: ['${image}']
roles:
  web:
    containers: [{ name: app, image: '${image}', ports: [8080], ready: { ${ready} } }]
`,
  );
  const agentCommand = (...args: string[]) =>
    command(process.execPath, [agentProgram, ...args, '--root', builder.root]);
  await agentCommand('bake', '--recipe', recipe);
  await agentCommand('scrub', '--yes');
  const root = testbed.makeDirectory(`instance-${app.name}`);
  await cloneRoot(builder.root, root);
  return await testbed.startEngine({ root });
}

/** Processor time of a process with all its threads, in seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function rssMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
