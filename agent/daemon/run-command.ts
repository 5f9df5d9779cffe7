import * as kernelFacts from '../host/kernel-facts.ts';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { command } from '../../proto/process/cli/command.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { runDeclaration } from './declarations.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { pause, runTasks } from '../../proto/process/tasks.ts';
import { connect } from '../docker/client.ts';
import { containerEngine } from '../docker/containers.ts';
import { OwnLabels } from '../docker/own-labels.ts';
import { PassedGates } from '../gate/passed-gates.ts';
import { GatePlaces } from '../gate/places.ts';
import { secretKey } from '../host/secret-key.ts';
import { ownAddress } from '../host/address.ts';
import { readFacts } from '../session/facts.ts';
import { readIdentity } from '../session/identity.ts';
import { collectAfterStart } from './memory.ts';
import { sealProblem } from '../manifest/seal.ts';
import { agentStatus, emptyStatus, waitingStatus } from './agent-status.ts';
import { awaitEngine } from './await-engine.ts';
import { openHolds } from './open-holds.ts';
import { bootSpan, reportBootParts } from '../report/boot-report.ts';
import { bakedPulls } from '../report/pulls.ts';
import { CertificateFiles } from '../worker/certificate-files.ts';
import { FirstProcesses } from '../worker/first-processes.ts';
import { reportInventory } from '../report/inventory.ts';
import { ImdsProbe } from '../worker/imds-probe.ts';
import { OrderFiles } from '../worker/order-files.ts';
import { Presence } from './presence.ts';
import { Recorder } from '../report/recorder.ts';
import { rehearse } from '../worker/rehearsal.ts';
import { Reporter } from '../report/reporter.ts';
import { markCheckedIn } from './checked-in.ts';
import { powerOffOnce } from './power-off.ts';
import { mayArrive, readRunOptions, type Told, type ToldEnough } from './run-options.ts';
import type { AwaitSettings } from './await-settings.ts';
import { runSampler } from '../report/sampler.ts';
import { CoordinatorSession, dial } from '../session/session.ts';
import { Spool } from '../report/spool.ts';
import { RestartLog } from '../worker/restart-log.ts';
import { StartWatch } from '../worker/start-watch.ts';
import { readOwnState } from '../worker/state-file.ts';
import { Warming } from '../worker/warming.ts';
import { openProof } from './proof.ts';
import { Worker } from '../worker/worker.ts';
import { readManifest } from '../manifest/read.ts';

/** Bytes that unacknowledged reports may take on the disk. */
const spoolBytes = 4 * 1024 * 1024;

export const runCommand = command(runDeclaration, async (values, context, settings, readAgain) => {
  // Whatever ends the agent ends what runs beside it.
  const ending = new AbortController();
  const { env, signal } = context;
  const ended = AbortSignal.any([signal, ending.signal]);
  const presence = new Presence({ env, signal: ended, status: () => emptyStatus });
  try {
    const told = await readOptions({ values, settings }, readAgain, presence, context);
    return told === undefined ? exitCodes.done : await runUntil(ending, told, presence, context);
  } finally {
    ending.abort();
  }
});

/** Waits for settings that are missing and may still come. @returns undefined when the signal aborted first */
async function readOptions(
  told: Told,
  readAgain: AwaitSettings['readAgain'],
  presence: Presence,
  context: CommandContext,
): Promise<ToldEnough | undefined> {
  try {
    return { options: await readRunOptions(told.values), settings: told.settings };
  } catch (cause) {
    if (!mayArrive(cause, told.settings)) throw cause;
    const logger = context.createLogger('parbake-agent', told.values.logLevel);
    // Only an agent that has to wait loads this.
    const { awaitSettings } = await import('./await-settings.ts');
    return await awaitSettings({ told, readAgain, presence, context, logger });
  }
}

/** Makes every part of the daemon, and runs them all. */
async function runUntil(
  ending: AbortController,
  { options, settings }: ToldEnough,
  presence: Presence,
  context: CommandContext,
): Promise<ExitCode> {
  const { env, self, signal } = context;
  const { address: coordinator, root, stateDir } = options;
  const logger = context.createLogger('parbake-agent', options.logLevel);
  const ended = AbortSignal.any([signal, ending.signal]);
  presence.status = () => waitingStatus('instance metadata', settings);
  // Ready without Docker: what comes after in the boot, such as user data, is not to wait for it.
  const reportReady = (): void => presence.show(options.statusSocket, logger);
  const [manifest, identity] = await Promise.all([
    readManifest(root),
    // systemd gives a start 90 s, and the metadata service may take longer.
    readIdentity(options.source, { logger, random: Math.random, onWaiting: reportReady, signal }),
  ]);
  const { instanceId, bootId, metadata } = identity;
  presence.status = () => waitingStatus('Docker', settings, { instanceId });
  // Looked at before Docker is asked for anything: a running Docker has made its identity anew, rightly.
  const sealed = manifest !== undefined && (await sealProblem(root, manifest)) === undefined;
  const spool = new Spool(join(stateDir, 'spool.jsonl'), bootId, spoolBytes, (reason) =>
    logger.warn({ reason }, 'the disk does not take reports, keeping them in memory'),
  );
  const reporter = new Reporter({ spool, identity: { instanceId, bootId }, logger, random: Math.random });
  const directory = root.path(manifest?.builder.dataRoot ?? '/');
  const recorder = new Recorder((item) => reporter.emit(item), directory);
  const marker = root.path('/run/parbake/replayed');
  const warming = new Warming({ self, env, root, bootId, marker, recorder, logger });
  // Before Docker is asked: what it reads itself is read ahead of it. Its end is the agent's.
  const warm = options.replays ? warming.run(ended) : undefined;
  const docker = connect(options.dockerSocket);
  const ownLabels = new OwnLabels(secretKey(join(stateDir, 'container.key')));
  const engine = containerEngine(docker, kernelFacts, ownLabels);
  const started = recorder.begin('agent.start');
  const answered = awaitEngine(engine, recorder, logger, ended);
  // Once the question is on its way: while Docker answers, the connection is made.
  await pause(1, ended);
  const own = await openProof(options, { instanceId, env, logger });
  const dialled = own.credentials().then((credentials) => dial(coordinator, credentials, env));
  // The session says what is wrong.
  dialled.catch(() => {});
  ending.signal.addEventListener(
    'abort',
    () =>
      void dialled.then(
        (client) => client.close(),
        () => {},
      ),
    {
      once: true,
    },
  );
  reportReady();
  const boot = bootSpan({ env, bootId, marker: root.path('/run/parbake/started') });
  if (boot !== undefined) recorder.span(boot);
  for (const pull of bakedPulls(manifest)) recorder.pull(pull);
  const engineIdentity = await answered;
  if (engineIdentity === undefined) return exitCodes.done;
  const statePlaces = {
    state: join(stateDir, 'state.json'),
    orderEnv: root.path('/run/parbake/order-env.json'),
  };
  const found = await readOwnState(statePlaces, instanceId, logger);
  const address = ownAddress(options.ownAddress, metadata);
  const facts = await readFacts(identity, engineIdentity, manifest, root);
  const watch = new StartWatch({
    self,
    env,
    root,
    instanceId,
    engine,
    recorder,
    logger,
    signal,
    directory,
  });
  const processes = new FirstProcesses(engine, ended);
  const passedGates = new PassedGates(join(stateDir, 'passed-gates.json'), logger);
  const imds = new ImdsProbe();
  const places = new GatePlaces(root.path('/run/parbake/gate'), options.gate, passedGates);
  const worker = new Worker({
    instance: { instanceId, manifest, ownAddress: address, imds },
    containers: {
      engine,
      processes,
      places,
      holds: await openHolds(manifest, root, { stateDir, gate: options.gate, logger }),
      files: new OrderFiles(root.path('/run/parbake/files')),
      certificates: new CertificateFiles(root.path('/run/parbake/tls')),
      restarts: new RestartLog(root.path('/run/parbake/restarts.json')),
    },
    memory: { places: statePlaces, found },
    prepare: {
      prepareMemoryBytes: options.prepareMemoryBytes ?? freemem() / 2,
      rehearse: (rehearsing) =>
        rehearse(
          {
            gate: options.gate,
            ioDirectory: directory,
            logger,
            directory: root.path('/run/parbake/try'),
            statePath: `${statePlaces.state}.rehearsal`,
          },
          rehearsing,
        ),
      pullAtBoot: async (ref, parent, each) => {
        // Read only where it is needed: a baked instance pulls nothing.
        const { pullAtBoot } = await import('./pull-at-boot.ts');
        await pullAtBoot(ref, { docker, manifest, root, recorder, logger, parent }, each);
      },
    },
    start: { warming, watch },
    recorder,
    logger,
    random: Math.random,
  });
  warming.onChange = () => worker.onChange();
  const session = new CoordinatorSession({
    address: coordinator,
    env,
    dialled,
    instanceId,
    worker,
    recorder,
    reporter,
    logger,
    credentials: () => own.credentials(),
    attach: async (...asked) => {
      // Loaded for the first who wants to see a log.
      const { attach } = await import('../session/attach.ts');
      const containersOf = worker.containersOf.bind(worker);
      await attach({ instanceId, docker, containersOf }, ...asked);
    },
    onUnauthenticated: () => own.refused(),
    onCheckedIn: () => markCheckedIn(root.path('/run/parbake/checked-in'), logger),
    onReleased:
      options.powerOff === undefined
        ? () => {}
        : powerOffOnce({ command: options.powerOff, env, logger, signal: ended }),
    checkIn: () => ({
      facts: { ...facts, privateIpv4: address() ?? '', powersOff: options.powerOff !== undefined },
      roles: worker.offers(),
      observedGeneration: worker.generation,
      assignmentId: worker.assignmentId,
      sealed,
    }),
    random: Math.random,
  });
  own.onRenewed = () => session.reconnect();
  await started.end();
  const isBusy = (): boolean => worker.isBusy;
  const sources = { settings, instanceId, engineId: engineIdentity.id };
  presence.status = () => agentStatus({ ...sources, worker, session, warming, watch, spool, reporter });
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
    ends: (all) => worker.watchEnds(all),
    session: (all) => session.run(all),
    certificate: (all) => own.run(all),
    reports: (all) => reporter.gather(all),
    samples: async (all) => {
      const containers = () => processes.of(worker.running);
      const sampler = { directory, isBusy, containers, restInterval: () => session.sampleInterval };
      if (options.samples) await runSampler({ ...sampler, emit: (samples) => reporter.sample(samples) }, all);
    },
    boot: async (all) => {
      if (boot !== undefined) await reportBootParts(boot, recorder, logger, all);
    },
    memory: (all) => collectAfterStart(isBusy, all),
    imds: async (all) => {
      const { roles = [] } = manifest ?? {};
      const onChange = (): void => worker.onChange();
      // Where the metadata service is off, containers are not asked about it.
      if (options.source.imds !== 'off')
        await imds.run({ docker, places, roles, isBusy, onChange, logger }, all);
    },
    interruption: async (all) => {
      const { imds: base } = options.source;
      if (base === 'off' || metadata === undefined) return;
      const { watchInterruption } = await import('./interruption.ts');
      await watchInterruption(base, ({ time }) => worker.interrupted(time), { logger }, all);
    },
    inventory: (all) => reportInventory(self, env, recorder, logger, all),
  });
  return exitCodes.done;
}
