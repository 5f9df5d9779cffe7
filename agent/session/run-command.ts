import { freemem } from 'node:os';
import { join } from 'node:path';
import { clientCredentials } from '../../proto/channel.ts';
import { ParbakeError } from '../../proto/errors.ts';
import type { Sample } from '../../proto/gen/parbake/v1/Sample.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/process/exit.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause, runTasks } from '../../proto/process/tasks.ts';
import { readTls } from '../../proto/process/tls-files.ts';
import { backoff } from '../core/backoff.ts';
import { connect } from '../docker/client.ts';
import { containerEngine, type ContainerEngine, type EngineIdentity } from '../docker/containers.ts';
import { gatePath, GatePlaces } from '../gate/places.ts';
import { readFacts, readIdentity } from '../host/facts.ts';
import { collectAfterStart } from '../host/memory.ts';
import { rootAt } from '../host/root.ts';
import { reportToServiceManager } from '../host/service-manager.ts';
import { readManifest } from '../scrub/places.ts';
import { sealProblem } from '../scrub/verify.ts';
import { bakedPulls, bootSpan, reportBootParts } from './boot-report.ts';
import { reportInventory } from './inventory.ts';
import { OrderFiles } from './order-files.ts';
import { Recorder } from './recorder.ts';
import { Reporter } from './reporter.ts';
import { CoordinatorSession, dial } from './session.ts';
import { Spool } from './spool.ts';
import { readState, type AgentState, type StatePlaces } from './state-file.ts';
import { runSampler, type SamplerOptions } from './sampler.ts';
import { StartWatch } from './start-watch.ts';
import { serveStatus } from './status-socket.ts';
import { Warming } from './warming.ts';
import { Worker } from './worker.ts';

const help = `
Usage: parbake-agent run --coordinator ADDRESS [options]

The daemon of an instance: checks in, waits for an order, starts the role's containers with the user's environment,
and reports what each step took. Ends on SIGTERM and leaves the containers running.

Options (also from the environment, as PARBAKE_COORDINATOR and so on):
  --coordinator ADDRESS   host:port or unix:PATH
  --instance-id ID        when there is no instance metadata service
  --imds URL|off          where that service is (default http://169.254.169.254)
  --address IP            where the containers' ports are reached (default: from IMDS, or the default route's)
  --tls-ca FILE, --tls-cert FILE, --tls-key FILE
                          the coordinator's CA, this agent's certificate and key (PEM)
  --root DIR              root of the instance (default /)
  --docker-socket PATH    the Engine's socket (default run/docker.sock below the root)
  --state-dir DIR         what the agent remembers (default var/lib/parbake below the root)
  --gate PATH             the gate's program (default usr/lib/parbake/gate below the root)
  --prepare-memory MIB    what prepared containers may take together (default: half of what is free at the start)
  --replay on|off         read ahead at boot what was recorded at bake (default on)
  --socket PATH           for "parbake-agent status" (default run/parbake/agent.sock below the root)

Example:
  parbake-agent run --coordinator unix:/run/parbake/coordinator.sock --instance-id dev-1 --imds off
`;

/** Bytes that unacknowledged reports may take on the disk. */
const spoolBytes = 4 * 1024 * 1024;

export const runCommand: Command = {
  name: 'run',
  summary: 'The daemon: check in, prepare, run what is assigned, report.',
  help,
  run: runAgent,
};

async function runAgent(args: string[], context: CommandContext): Promise<ExitCode> {
  // Whatever ends the agent ends what runs beside it.
  const ending = new AbortController();
  try {
    return await runUntil(ending, args, context);
  } finally {
    ending.abort();
  }
}

async function runUntil(ending: AbortController, args: string[], context: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions('parbake-agent run', args, {
    coordinator: { type: 'string' },
    'instance-id': { type: 'string' },
    imds: { type: 'string', default: '' },
    address: { type: 'string' },
    'tls-ca': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    root: { type: 'string', default: '/' },
    'docker-socket': { type: 'string' },
    'state-dir': { type: 'string' },
    socket: { type: 'string' },
    gate: { type: 'string' },
    'prepare-memory': { type: 'string' },
    replay: { type: 'string', default: 'on' },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `run takes no "${positionals[0] ?? ''}"`);
  const { env, signal } = context;
  const address = values.coordinator ?? env['PARBAKE_COORDINATOR'];
  if (address === undefined) throw new ParbakeError('USAGE', 'run needs --coordinator ADDRESS');
  if (values.replay !== 'on' && values.replay !== 'off')
    throw new ParbakeError('USAGE', `--replay takes on or off, not "${values.replay}"`);
  const credentials = clientCredentials(
    address,
    await readTls({
      ca: values['tls-ca'] ?? env['PARBAKE_TLS_CA'],
      certificate: values['tls-cert'] ?? env['PARBAKE_TLS_CERT'],
      key: values['tls-key'] ?? env['PARBAKE_TLS_KEY'],
    }),
  );
  const root = rootAt(values.root);
  const stateDir = values['state-dir'] ?? root.path('/var/lib/parbake');
  const logger = context.createLogger('parbake-agent');
  const manifest = await readManifest(root);
  const source = {
    imds: values.imds,
    instanceId: values['instance-id'] ?? env['PARBAKE_INSTANCE_ID'],
    address: values.address,
  };
  const identity = await readIdentity(source, signal);
  const { instanceId, bootId } = identity;
  // Looked at before Docker is asked for anything: a running Docker has made its identity anew, rightly.
  const sealed = manifest !== undefined && (await sealProblem(root, manifest)) === undefined;
  const spool = new Spool(join(stateDir, 'spool.jsonl'), bootId, spoolBytes, (reason) =>
    logger.warn({ reason }, 'the disk does not take reports, keeping them in memory'),
  );
  const reporter = new Reporter(spool, identity);
  const directory = root.path(manifest?.builder.dataRoot ?? '/');
  const recorder = new Recorder((item) => reporter.emit(item), directory);
  const { self } = context;
  const marker = root.path('/run/parbake/replayed');
  const warming = new Warming({ self, env, root, bootId, marker, recorder, logger });
  const ended = AbortSignal.any([signal, ending.signal]);
  // Before Docker is asked: what it reads itself is read ahead of it. Its end is the agent's.
  const warm = values.replay === 'on' ? warming.run(ended) : undefined;
  // Ready without Docker: what comes after in the boot, such as user data, is not to wait for it.
  void reportToServiceManager(env, logger, ended);
  const docker = connect(values['docker-socket'] ?? root.path('/run/docker.sock'));
  const engine = containerEngine(docker);
  const started = recorder.begin('agent.start');
  const boot = bootSpan();
  if (boot !== undefined) recorder.span(boot);
  for (const pull of bakedPulls(manifest)) recorder.pull(pull);
  const asked = awaitEngine(engine, recorder, logger, signal);
  // While Docker is asked, the connection is made.
  const dialled = dial(address, credentials);
  const engineIdentity = await asked;
  if (engineIdentity === undefined) {
    dialled.close();
    return exitCodes.done;
  }
  const places = new GatePlaces(root.path('/run/parbake/gate'), values.gate ?? root.path(gatePath));
  const statePlaces = {
    state: join(stateDir, 'state.json'),
    orderEnv: root.path('/run/parbake/order-env.json'),
  };
  const state = await ownState(statePlaces, instanceId, logger);
  const facts = await readFacts(identity, engineIdentity, manifest, root);
  const watch = new StartWatch({
    ...{ self, env, root, instanceId, engine, recorder, logger, signal },
    directory,
  });
  const worker = new Worker({
    instanceId,
    address: identity.privateIpv4,
    manifest,
    engine,
    places,
    files: new OrderFiles(root.path('/run/parbake/files')),
    prepareMemoryBytes: prepareMemory(values['prepare-memory']),
    statePlaces,
    state,
    warming,
    watch,
    recorder,
    pullAtBoot: async (ref, parent, each) => {
      // Read only where it is needed: a baked instance pulls nothing.
      const { pullAtBoot } = await import('./pull-at-boot.ts');
      await pullAtBoot(ref, { docker, manifest, root, recorder, logger, parent }, each);
    },
    logger,
  });
  warming.onChange = () => worker.onChange();
  const session = new CoordinatorSession({
    address,
    credentials,
    dialled,
    instanceId,
    checkIn: () => ({
      facts,
      roles: worker.offers(),
      observedGeneration: worker.generation,
      assignmentId: worker.assignmentId,
      sealed,
    }),
    worker,
    recorder,
    reporter,
    logger,
    random: Math.random,
  });
  await started.end();
  const status = () => {
    const { preparation, order } = worker.observed();
    return {
      instance_id: instanceId,
      engine_id: engineIdentity.id,
      connected: session.connected,
      last_error: session.lastError,
      generation: worker.generation,
      assignment_id: worker.assignmentId,
      preparation: String(preparation?.state ?? '').replace('PREPARATION_STATE_', ''),
      preparation_error: preparation?.error ?? '',
      order: String(order?.state ?? '').replace('ORDER_STATE_', ''),
      order_error: order?.error ?? '',
      ...warming.status(),
      start_watch: watch.state,
      reports_dropped: spool.dropped,
    };
  };
  const isBusy = (): boolean => worker.isBusy;
  const emit = (samples: Sample[]): void => reporter.sample(samples);
  await runTasks(signal, {
    replay: async (all) => {
      all.addEventListener('abort', () => ending.abort(), { once: true });
      await warm;
    },
    worker: async (all) => {
      // Beside the preparation, which is not to wait for it.
      const armed = watch.arm();
      try {
        await worker.run(all);
        await armed;
      } finally {
        await watch.close();
      }
    },
    session: (all) => session.run(all),
    reports: (all) => reporter.gather(all),
    samples: (all) =>
      runSampler({ directory, isBusy, containers: firstProcesses(engine, worker), emit }, all),
    boot: async (all) => {
      if (boot !== undefined) await reportBootParts(boot, recorder, logger, all);
    },
    memory: (all) => collectAfterStart(isBusy, all),
    inventory: (all) => reportInventory(context.self, env, recorder, logger, all),
    status: (all) => serveStatus(values.socket ?? root.path('/run/parbake/agent.sock'), status, all),
  });
  return exitCodes.done;
}

/** Docker is asked once for each container: a process keeps its number. */
function firstProcesses(engine: ContainerEngine, worker: Worker): SamplerOptions['containers'] {
  const pids = new Map<string, number>();
  return async (signal) => {
    const { running } = worker;
    for (const { id } of running) if (!pids.has(id)) pids.set(id, (await engine.inspect(id, signal)).pid);
    for (const id of pids.keys()) if (running.every((one) => one.id !== id)) pids.delete(id);
    return running.map(({ id, name }) => ({ name, pid: pids.get(id) ?? 0 })).filter(({ pid }) => pid > 0);
  };
}

/** @returns bytes. @throws ParbakeError USAGE */
function prepareMemory(given: string | undefined): number {
  if (given === undefined) return freemem() / 2;
  if (!/^\d{1,9}$/.test(given)) throw new ParbakeError('USAGE', `--prepare-memory takes MiB, not "${given}"`);
  return Number(given) * 1024 ** 2;
}

/** What an earlier run of this instance left; what another instance left came with a clone and is dropped. */
async function ownState(places: StatePlaces, instanceId: string, logger: Logger): Promise<AgentState> {
  const found = await readState(places);
  if (found?.instanceId === instanceId) return found;
  if (found !== undefined) logger.warn({ other: found.instanceId }, 'state of another instance dropped');
  return { version: 1, instanceId, generation: 0, desired: { phase: 'idle' } };
}

/** @returns undefined when the signal aborted first */
async function awaitEngine(
  engine: ContainerEngine,
  recorder: Recorder,
  logger: Logger,
  signal: AbortSignal,
): Promise<EngineIdentity | undefined> {
  const span = recorder.begin('docker.ready');
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const identity = await engine.identity(signal);
      await span.end({ 'docker.version': identity.version });
      return identity;
    } catch (cause) {
      if (isAbort(cause)) return undefined;
      if (failures === 0) logger.warn({ reason: String(cause) }, 'Docker does not answer yet, waiting');
      await pause(backoff(Math.min(failures, 2), Math.random()), signal);
    }
  }
  return undefined;
}
