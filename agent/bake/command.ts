import * as kernelFacts from '../host/kernel-facts.ts';
import { randomUUID } from 'node:crypto';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { keyValues, parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { buildCommit, packageVersion } from '../../proto/process/version.ts';
import { readRecipeFile } from '../../proto/recipe/file/read.ts';
import { parseLoginCommand } from '../core/image/registry-logins.ts';
import { connect } from '../docker/client.ts';
import { dockerDeadlines } from '../docker/deadlines.ts';
import { containerEngine } from '../docker/containers.ts';
import { imageEngine } from '../docker/engine.ts';
import { checkProgram } from '../docker/program-check.ts';
import { checkImds, imdsAddresses, readInstanceMetadata, type InstanceMetadata } from '../host/imds.ts';
import { bundleSha256 } from '../host/own-program.ts';
import { givenRoot } from '../host/root.ts';
import { bake } from './bake.ts';
import { registryQuestions } from './registry-questions.ts';
import { engineRestart } from '../docker/service/restart.ts';
import { readHostSbom } from './host-sbom.ts';
import { lockPathOf, readLock } from './lock-file.ts';
import { readLogins } from '../images/logins.ts';
import { readMisses } from './misses.ts';
import { bakeProgress } from './progress.ts';
import { prepareReport, writeReport } from './report/files.ts';
import { bakeDocument, bakeText } from './report/report.ts';
import { ByteVerifier } from './verify-bytes.ts';
import type { BakeRequest } from './request.ts';

/** Milliseconds for a start from a disk of which nothing is in memory. */
const recordTimeout = 60_000;
/** The Engine fetches three layers at a time, whatever they are of; more pulls only keep it from waiting between images. */
const usualParallel = 3;
const mostParallel = 32;
const usualRetries = 4;
const mostRetries = 100;

const ec2Imds = imdsAddresses[0] ?? '';

const help = `
Usage: parbake-agent bake --recipe FILE [options]

Pulls every image of a recipe, checks it against its digest and platform and that its command can be executed, records
what each role and Docker itself read when they start, and writes /usr/lib/parbake/manifest.json below the root. Nothing
is touched before the recipe is valid and Docker answers. What is there already is not pulled again. A bake that fails
leaves no manifest.

Options:
  --recipe FILE           the recipe, usually parbake.yaml
  --var NAME=VALUE        a variable of the recipe; may be repeated; the environment is asked after these
  --root DIR              root of the image that is baked (default /)
  --lock FILE             the lock (default parbake.lock beside the recipe): digests that references stood for at the first
                          bake are written to it, and later bakes use them
  --update-lock           ask the registries anew, and write what they say to the lock
  --frozen                refuse unless the lock is there and is of this recipe; never write it
  --login-command [USER@]REGISTRY=COMMAND
                          a program that prints a password for a registry, or a JSON list of a program and its arguments;
                          no shell reads it. For Amazon ECR the user may be left out; may be repeated
  --imds URL|off          where EC2's metadata service is (default ${ec2Imds}); it tells which instance bakes
  --image-name NAME       what the machine image will be called, for its manifest; EC2 does not tell a builder
  --source-image-name NAME  what the image is called that this machine was launched from
  --build-id ID           of the run that makes the image, such as Packer's run UUID or an ARN of EC2 Image Builder
  --host-sbom FILE        a bill of materials of the machine itself, SPDX or CycloneDX as JSON, which stays on the image
  --docker-socket PATH    the Engine's socket (default run/docker.sock below the root)
  --parallel N            images that are pulled at a time, 1 to ${mostParallel} (default ${usualParallel})
  --stall-timeout SECONDS give up a pull after this long without progress (default ${dockerDeadlines.pullSilence / 1000})
  --retries N             begin a pull that broke off or stalled again up to N times (default ${usualRetries})
  --no-verify-bytes       do not read every layer's bytes on the disk and compare them with its digest
  --record, --no-record   start each prepared role and Docker once and record what is read, for "parbake-agent replay";
                          drops the machine's caches and restarts Docker. Done on a machine's own root unless refused,
                          below another root only when asked for
  --record-timeout SECONDS  for each start (default ${recordTimeout / 1000})
  --misses FILE           what instances of an earlier bake read beyond its recordings; may be repeated
  --report DIR|FILE.html  write a page for people, with times of each image and layer, and the same as JSON beside it
  --json                  print one JSON document

Registry logins are asked of the login commands, then of Docker's credential helpers (credHelpers, credsStore), and read
from root/.docker/config.json below the root, if it is there. They stay in memory.
On a terminal a bar for each image shows the progress, elsewhere lines do; both go to standard error.

Example:
  SWARM_VERSION=1.2.9 parbake-agent bake --recipe parbake.yaml --var CADVISOR_VERSION=v0.33.0
  parbake-agent bake --recipe parbake.yaml --frozen --login-command \\
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com=["aws","ecr","get-login-password","--region","eu-central-1"]'
`;

export const bakeCommand: Command = {
  name: 'bake',
  summary: 'Pull and check the images of a recipe, and write the manifest.',
  help,
  run: runBake,
};

async function runBake(args: string[], context: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions('parbake-agent bake', args, {
    recipe: { type: 'string' },
    var: { type: 'string', multiple: true, default: [] },
    root: { type: 'string', default: '/' },
    lock: { type: 'string' },
    'update-lock': { type: 'boolean', default: false },
    frozen: { type: 'boolean', default: false },
    'login-command': { type: 'string', multiple: true, default: [] },
    imds: { type: 'string', default: ec2Imds },
    'image-name': { type: 'string' },
    'source-image-name': { type: 'string' },
    'build-id': { type: 'string' },
    'host-sbom': { type: 'string' },
    'docker-socket': { type: 'string' },
    'verify-bytes': { type: 'boolean', default: true },
    parallel: { type: 'string', default: String(usualParallel) },
    retries: { type: 'string', default: String(usualRetries) },
    'stall-timeout': { type: 'string', default: String(dockerDeadlines.pullSilence / 1000) },
    record: { type: 'boolean', default: false },
    'no-verify-bytes': { type: 'boolean', default: false },
    'no-record': { type: 'boolean', default: false },
    'record-timeout': { type: 'string', default: String(recordTimeout / 1000) },
    misses: { type: 'string', multiple: true, default: [] },
    report: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `bake takes no "${positionals[0] ?? ''}"`);
  if (values.recipe === undefined) throw new ParbakeError('USAGE', 'bake needs --recipe FILE');
  if (values.record && values['no-record'])
    throw new ParbakeError('USAGE', 'bake takes --record or --no-record, not both');
  if (values['update-lock'] && values.frozen)
    throw new ParbakeError('USAGE', 'bake takes --update-lock or --frozen, not both');
  checkImds(values.imds);
  const commands = values['login-command'].map(parseLoginCommand);
  const silenceMs = toMilliseconds('--stall-timeout', values['stall-timeout']);
  const timeoutMs = toMilliseconds('--record-timeout', values['record-timeout']);
  const parallel = toCount('--parallel', values.parallel, 1, mostParallel);
  const retries = toCount('--retries', values.retries, 0, mostRetries);
  const machineImage = {
    ...named('name', '--image-name', values['image-name']),
    ...named('sourceName', '--source-image-name', values['source-image-name']),
    ...named('buildId', '--build-id', values['build-id']),
  };
  const misses = await readMisses(values.misses);
  const recipe = await readRecipeFile(values.recipe, {
    variables: keyValues('--var', values.var),
    env: context.env,
  });
  const mode = values.frozen ? 'frozen' : values['update-lock'] ? 'update' : 'fill';
  const lock = await readLock(values.lock ?? lockPathOf(values.recipe), mode);
  const report = values.report === undefined ? undefined : await prepareReport(values.report);
  const root = givenRoot(values.root);
  const sbom = values['host-sbom'];
  const hostSbom = sbom === undefined ? undefined : await readHostSbom(root, sbom);
  const isRecording = values.record || (root.dir === '/' && !values['no-record']);
  const docker = connect(values['docker-socket'] ?? root.path('/run/docker.sock'));
  const clock = (): number => performance.now();
  const logins = await readLogins(root, { commands, env: context.env });
  const progress = bakeProgress(context.stderr, clock);
  try {
    const baked = await bake({
      bakeId: randomUUID(),
      agent: await ownFacts(),
      machineImage,
      hostSbom,
      recipe,
      root,
      engine: imageEngine(docker),
      lock,
      logins,
      metadata:
        values.imds === 'off' ? Promise.resolve(undefined) : builderMetadata(values.imds, context.signal),
      registry: registryQuestions(logins, context.env, Math.random),
      silenceMs,
      parallel,
      retries,
      random: Math.random,
      clock,
      now: () => new Date(),
      signal: context.signal,
      progress,
      ...(values['no-verify-bytes']
        ? {}
        : {
            bytesOf: (dataRoot, facts) =>
              new ByteVerifier({
                client: docker,
                facts,
                dataRoot,
                clock,
                now: () => new Date(),
                signal: context.signal,
              }),
          }),
      checkProgram: (program, signal) => checkProgram(docker, program, signal),
      ...(isRecording
        ? {
            recording: {
              containers: containerEngine(docker, kernelFacts),
              stopEngine: engineRestart(root),
              timeoutMs,
              isAskedFor: values.record || misses.length > 0,
              misses,
            },
          }
        : {}),
    });
    if (report !== undefined) await writeReport(report, baked);
    for (const { code, message } of baked.warnings) context.stderr.write(`warning: ${message} [${code}]\n`);
    context.stdout.write(values.json ? `${JSON.stringify(bakeDocument(baked))}\n` : bakeText(baked));
    return exitCodes.done;
  } finally {
    progress.close();
  }
}

/** A bake anywhere else than on EC2 is as good; its manifest says nothing about an instance. */
async function builderMetadata(imds: string, signal: AbortSignal): Promise<InstanceMetadata | undefined> {
  return await readInstanceMetadata(imds, true, signal).catch((cause: unknown) => {
    if (toParbakeError(cause).code !== 'IMDS_UNAVAILABLE') throw cause;
    return undefined;
  });
}

async function ownFacts(): Promise<BakeRequest['agent']> {
  const commit = buildCommit();
  const sha256 = await bundleSha256();
  return {
    agentVersion: packageVersion(),
    agentCommit: commit,
    agentSha256: sha256,
  };
}

/** A name that somebody else gave, empty where a template had nothing to fill in. */
function named<K extends string>(key: K, option: string, text: string | undefined): { [P in K]?: string } {
  if (text === undefined || text === '') return {};
  // Longer than any name or ARN of EC2.
  if (!/^[^\p{Cc}]{1,512}$/u.test(text))
    throw new ParbakeError('USAGE', `${option} takes up to 512 characters on one line`);
  return { [key]: text } as { [P in K]?: string };
}

function toMilliseconds(option: string, seconds: string): number {
  const value = Number(seconds);
  // Node's timers hold 2^31 milliseconds.
  if (seconds.trim() === '' || !(value > 0) || value > 86_400)
    throw new ParbakeError('USAGE', `${option} takes seconds from above 0 to 86400, not "${seconds}"`);
  return value * 1000;
}

function toCount(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new ParbakeError('USAGE', `${option} takes a whole number from ${min} to ${max}, not "${text}"`);
  return value;
}
