import * as kernelFacts from '../host/kernel-facts.ts';
import { randomUUID } from 'node:crypto';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { bakeDeclaration } from './declaration.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { buildCommit, packageVersion } from '../../proto/process/version.ts';
import { readRecipeFile } from '../../proto/recipe/file/read.ts';
import { parseLoginCommand } from '../core/image/registry-logins.ts';
import { connect } from '../docker/client.ts';
import { containerEngine } from '../docker/containers.ts';
import { imageEngine } from '../docker/engine.ts';
import { OwnLabels } from '../docker/own-labels.ts';
import { checkProgram } from '../docker/program-check.ts';
import { checkImds, imdsAddresses, readInstanceMetadata, type InstanceMetadata } from '../host/imds.ts';
import { bundleSha256 } from '../host/own-program.ts';
import { passingKey } from '../host/secret-key.ts';
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
import type { BakeProvenance, BakeTime } from './request.ts';

export const bakeCommand = command(bakeDeclaration, runBake);

const ec2Imds = imdsAddresses[0] ?? '';

async function runBake(values: ValuesOf<typeof bakeDeclaration>, context: CommandContext): Promise<ExitCode> {
  if (values.record && values.noRecord)
    throw new ParbakeError('USAGE', 'bake takes --record or --no-record, not both');
  if (values.updateLock && values.frozen)
    throw new ParbakeError('USAGE', 'bake takes --update-lock or --frozen, not both');
  const imds = values.imds ?? ec2Imds;
  checkImds(imds);
  const commands = values.loginCommand.map(parseLoginCommand);
  const machineImage = {
    ...named('name', '--image-name', values.imageName),
    ...named('sourceName', '--source-image-name', values.sourceImageName),
    ...named('buildId', '--build-id', values.buildId),
  };
  const misses = await readMisses(values.misses);
  const recipe = await readRecipeFile(values.recipe, { variables: values.var, env: context.env });
  const mode = values.frozen ? 'frozen' : values.updateLock ? 'update' : 'fill';
  const lock = await readLock(values.lock ?? lockPathOf(values.recipe), mode);
  const report = values.report === undefined ? undefined : await prepareReport(values.report);
  const root = givenRoot(values.root);
  const sbom = values.hostSbom;
  const hostSbom = sbom === undefined ? undefined : await readHostSbom(root, sbom);
  const isRecording = values.record || (root.dir === '/' && !values.noRecord);
  const docker = connect(values.dockerSocket ?? root.path('/run/docker.sock'));
  const time: BakeTime = { clock: () => performance.now(), now: () => new Date() };
  const logins = await readLogins(root, { commands, env: context.env, signal: context.signal });
  const progress = bakeProgress(context.stderr, time.clock);
  try {
    const baked = await bake({
      recipe,
      root,
      isDataDiskImaged: values.dataDiskImaged,
      lock,
      provenance: {
        bakeId: randomUUID(),
        agent: await ownFacts(),
        machineImage,
        hostSbom,
        metadata: imds === 'off' ? Promise.resolve(undefined) : builderMetadata(imds, context.signal),
      },
      engine: imageEngine(docker),
      registries: { logins, questions: registryQuestions(logins, context.env, Math.random) },
      pulls: {
        silenceMs: values.stallTimeout,
        parallel: values.parallel,
        retries: values.retries,
        random: Math.random,
      },
      checks: {
        bytesOf: values.noVerifyBytes
          ? undefined
          : (dataRoot, facts) =>
              new ByteVerifier({
                client: docker,
                facts,
                dataRoot,
                silenceMs: values.stallTimeout,
                ...time,
                signal: context.signal,
              }),
        checkProgram: (program, signal) => checkProgram(docker, program, signal),
      },
      recording: isRecording
        ? {
            // The containers of a recording do not outlive it, and neither does their key.
            containers: containerEngine(docker, kernelFacts, new OwnLabels(passingKey())),
            stopEngine: engineRestart(root),
            timeoutMs: values.recordTimeout,
            isAskedFor: values.record || misses.length > 0,
            misses,
          }
        : undefined,
      time,
      progress,
      signal: context.signal,
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

async function ownFacts(): Promise<BakeProvenance['agent']> {
  const commit = buildCommit();
  const sha256 = await bundleSha256();
  return {
    agentVersion: packageVersion(),
    agentCommit: commit,
    agentSha256: sha256,
  };
}

/** A name from outside. It is empty where a template had nothing to fill in. */
function named<K extends string>(key: K, option: string, text: string | undefined): { [P in K]?: string } {
  if (text === undefined || text === '') return {};
  // Longer than any name or ARN of EC2.
  if (!/^[^\p{Cc}]{1,512}$/u.test(text))
    throw new ParbakeError('USAGE', `${option} takes up to 512 characters on one line`);
  return { [key]: text } as { [P in K]?: string };
}
