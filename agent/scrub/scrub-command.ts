import { pid } from 'node:process';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { scrubDeclaration } from './declarations.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import type { KeptRule } from '../core/manifest.ts';
import { connect } from '../docker/client.ts';
import { upkeepEngine } from '../docker/upkeep.ts';
import { givenRoot } from '../host/root.ts';
import { dockerProcesses, otherDaemons, type DockerProcess } from '../docker/service/process.ts';
import { parseKeep, readExceptions, type Exception } from './rules/exceptions.ts';
import { discardFreeBlocks } from './discard.ts';
import { keepLeasesInMemory } from './leases.ts';
import { leaveVarLog } from './journald.ts';
import { planScrub, type ScrubPlan } from './plan.ts';
import { removeFound } from './remove.ts';
import type { Consent } from './rules/rule.ts';
import { initramfsCheck, secretsRule } from './rules/secret-exception.ts';
import { unitsToStop } from './rules/all.ts';
import { rulesDocument, rulesText } from './rule-list.ts';
import { rulesOf } from './rules/own.ts';
import { scrub, type Scrubbed } from './scrub.ts';
import { isRunBySsm } from './ssm-session.ts';
import { hasSystemd, isServiceActive, stopDocker, type StopRequest } from '../docker/service/stop.ts';

export const scrubCommand = command(scrubDeclaration, runScrub);

const consents = {
  removeContainers: '--remove-containers',
  removeVolumes: '--remove-volumes',
  removePlugins: '--remove-plugins',
  removeBuildCache: '--remove-build-cache',
  removeSwarm: '--remove-swarm',
} as const satisfies Record<string, Consent['option']>;

async function runScrub(
  values: ValuesOf<typeof scrubDeclaration>,
  context: CommandContext,
): Promise<ExitCode> {
  const root = givenRoot(values.root);
  const allRules = await rulesOf(root);
  if (values.listRules) {
    const document = `${JSON.stringify(rulesDocument(allRules))}\n`;
    context.stdout.write(values.json ? document : rulesText(allRules));
    return exitCodes.done;
  }
  const asked = values.keep.map((text) => parseKeep(text, allRules));
  const excepted = await readExceptions(root, values.exceptions, allRules);
  const machine = allRules.filter((rule) => values.dockerOnly && rule.scope === 'machine');
  const exceptions = [
    ...asked,
    ...excepted,
    ...machine.map(({ id }) => ({ rule: id, why: '--docker-only' })),
    ...(values.dockerOnly
      ? [secretsRule, initramfsCheck].map((rule) => ({ rule, why: '--docker-only' }))
      : []),
  ];
  const keep = [...new Set(exceptions.map(({ rule }) => rule))];
  const pidFile = values.dockerPidfile ?? root.path('/run/docker.pid');
  const agreed = (Object.keys(consents) as (keyof typeof consents)[]).flatMap((name) =>
    values[name] ? [consents[name]] : [],
  );
  const { signal } = context;
  const docker = {
    root,
    pidFile,
    isPidFileNamed: values.dockerPidfile !== undefined,
    units: unitsToStop(allRules.filter((rule) => !keep.includes(rule.id))),
    hasSystemd: hasSystemd(root),
    signal,
  };
  const planRequest = {
    root,
    keep,
    consents: agreed,
    allRules,
    engine: await interruptible(runningEngine(docker, values.dockerSocket ?? root.path('/run/docker.sock'))),
    signal,
  };
  const plan = await interruptible(planScrub(planRequest));
  for (const warning of plan.warnings) context.stderr.write(`warning: ${warning}\n`);
  if (values.dryRun) {
    context.stdout.write(
      values.json ? `${JSON.stringify(planDocument(plan))}\n` : planText(plan, 'Would remove'),
    );
    return exitCodes.done;
  }
  context.stderr.write(planText(plan, values.yes ? 'Removing' : 'Would remove'));
  if (!values.yes)
    throw new ParbakeError(
      'USAGE',
      'nothing was removed: give --yes to stop Docker and remove what is listed above',
    );
  if (root.dir === '/' && !keep.includes('ssm-agent') && (await isRunBySsm(pid)))
    throw new ParbakeError(
      'SCRUB_REFUSED',
      'the SSM agent runs this scrub, and would be stopped by it: run it otherwise, such as at the shutdown, or give --keep ssm-agent',
    );
  const request = {
    ...planRequest,
    stopDocker: async () => {
      await stopDocker({ ...docker, dataRoot: plan.places.dataRoot });
      if (docker.hasSystemd && !keep.includes('logs')) await leaveVarLog(signal);
    },
    beforeSeal: async () => {
      if (docker.hasSystemd && !keep.includes('dhcp-leases')) await keepLeasesInMemory(root, signal);
    },
    keptBecause: reasonsOf(exceptions),
    remove: removeFound,
    now: () => new Date(),
  };
  const done = await interruptible(scrub(request, plan));
  // A directory that is "/" in a namespace may be anybody's disk.
  const isOwnDisk = root.dir !== '/' || docker.hasSystemd;
  const remarks = isOwnDisk ? await interruptible(discardFreeBlocks(root, plan.places.dataRoot, signal)) : [];
  for (const remark of remarks) context.stderr.write(`warning: ${remark}\n`);
  context.stdout.write(values.json ? `${JSON.stringify(scrubDocument(done))}\n` : scrubText(done));
  return exitCodes.done;
}

/** Connects to the Engine if it runs. An Engine that is down is scrubbed by its files alone. */
async function runningEngine(docker: Omit<StopRequest, 'dataRoot'>, socket: string) {
  const { root, pidFile, isPidFileNamed, signal } = docker;
  const processes = await dockerProcesses(root, pidFile, isPidFileNamed);
  if (root.dir === '/') await refuseOtherDaemons(processes, pidFile);
  const daemon = processes.find(({ role }) => role === 'dockerd');
  const container = processes.find(({ role }) => role === 'container');
  if (daemon === undefined && container !== undefined)
    throw new ParbakeError(
      'SCRUB_REFUSED',
      `a container runs (process ${container.pid}) although Docker does not: start Docker and stop it`,
    );
  // Where Docker is socket-activated, a request would start it, with a new identity.
  const isService = docker.hasSystemd && (await isServiceActive(signal));
  if (docker.hasSystemd && !isService && daemon === undefined) return undefined;
  const engine = upkeepEngine(connect(socket));
  const failure = await engine.ping(signal).then(
    () => undefined,
    (cause: unknown) => toParbakeError(cause),
  );
  signal.throwIfAborted();
  // Its images are in a layout that no rule knows.
  if (failure?.code === 'DOCKER_UNSUPPORTED') throw failure;
  if (failure === undefined && (daemon !== undefined || isService)) return engine;
  if (failure === undefined)
    throw new ParbakeError(
      'SCRUB_REFUSED',
      `Docker answers at ${socket}, but no process of it is known: name its pid file with --docker-pidfile`,
    );
  if (daemon === undefined && !isService) return undefined;
  throw new ParbakeError(
    'SCRUB_REFUSED',
    `Docker runs, but cannot be asked what it holds: ${failure.message}`,
    {
      cause: failure,
    },
  );
}

/** A machine has one Docker that is scrubbed. Another one, such as a snap's, would go on writing into the sealed image. */
async function refuseOtherDaemons(known: readonly DockerProcess[], pidFile: string): Promise<void> {
  const others = await otherDaemons(known);
  if (others.length === 0) return;
  const named = others.map(({ pid, unit }) => `process ${pid}${unit === '' ? '' : ` of ${unit}`}`).join(', ');
  throw new ParbakeError(
    'SCRUB_REFUSED',
    `dockerd runs (${named}), and ${pidFile} does not name it: stop it, such as with "snap stop docker" or "systemctl --user stop docker", or name its pid file with --docker-pidfile and its socket with --docker-socket`,
  );
}

/** Keeps the first reason that was given for each rule. */
function reasonsOf(exceptions: readonly Exception[]): KeptRule[] {
  const reasons = new Map<string, string>();
  for (const { rule, why } of exceptions) if (why !== undefined && !reasons.has(rule)) reasons.set(rule, why);
  return [...reasons].map(([rule, why]) => ({ rule, why }));
}

/** An abort arrives as the error of whatever was running. */
async function interruptible<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isAbort(cause)) throw cause;
    throw new ParbakeError('INTERRUPTED', 'the scrub was interrupted; this root is not sealed', { cause });
  }
}

function planDocument({ removals, places, warnings }: ScrubPlan) {
  return { sealed: false, dry_run: true, would_remove: removals, data_root: places.dataRoot, warnings };
}

function planText(plan: ScrubPlan, verb: string): string {
  if (plan.removals.length === 0) return 'Nothing is to be removed.\n';
  const first = plan.contents === undefined ? '' : ' once Docker has stopped';
  return `${verb}${first}:\n${listText(plan.removals)}`;
}

function scrubDocument(done: Scrubbed) {
  const { removed, kept, dataRoot, unchanged } = done;
  return { sealed: true, removed, kept, data_root: dataRoot, unchanged };
}

function scrubText(done: Scrubbed): string {
  if (done.unchanged) return 'It was sealed already; nothing was changed.\n';
  return `Removed ${done.removed.length} entries; every rule holds. Sealed.\n`;
}

function listText(removals: ScrubPlan['removals']): string {
  const width = Math.max(...removals.map(({ rule }) => rule.length));
  const partly = { lines: ' (lines)', replace: ' (rewritten)', empty: ' (emptied)' };
  return removals
    .map(
      ({ rule, path, action }) =>
        `  ${rule.padEnd(width)}  ${path}${action === undefined ? '' : partly[action]}\n`,
    )
    .join('');
}
