import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { runProgram } from '../demo/programs.ts';
import { command } from '../testbed/command.ts';
import type { DockerRelease } from '../testbed/docker-releases.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { makeBuilder, type Builder } from './builder.ts';
import { bootClone, canariesIn } from './clones.ts';
import { compareIdentities, type Finding } from './compare.ts';
import { controlOf, proofOf, type Control, type TargetProof } from './document.ts';
import { consents, scrubCopy } from './scrub-copy.ts';

export interface ProofRequest {
  testbed: Testbed;
  release: DockerRelease;
  clones: number;
  /** Rules to leave out in turn. */
  controls: readonly string[];
  /** Progress for people. */
  say: (line: string) => void;
}

/** The proof on one Docker, and its negative controls. */
export async function proveTarget(
  request: ProofRequest,
): Promise<{ proof: TargetProof; controls: Control[] }> {
  const { testbed, release, say } = request;
  say(`${release.name}: a builder with every kind of state`);
  const builder = await makeBuilder(testbed, release);
  const proof = await prove(request, builder);
  say(proof.problems.length === 0 ? `${release.name}: the proof holds` : proof.problems.join('\n'));
  // The controls must also come out clean when no rule is left out; otherwise their failures would mean nothing.
  const without = await withoutRule(request, builder, undefined);
  if (without.length > 0)
    throw new Error(
      `the control without a rule left out fails: ${without.map(({ text }) => text).join('; ')}`,
    );
  const controls = new Map<string, Control>();
  const waiting = [...request.controls];
  const work = async (): Promise<void> => {
    for (let rule = waiting.shift(); rule !== undefined; rule = waiting.shift())
      controls.set(rule, await control(request, builder, rule));
  };
  // Two at once: a booting Engine waits more than it computes.
  await Promise.all([work(), work()]);
  return { proof, controls: request.controls.flatMap((rule) => controls.get(rule) ?? []) };
}

async function control(request: ProofRequest, builder: Builder, rule: string): Promise<Control> {
  return controlOf(request.release.name, rule, await withoutRule(request, builder, rule), request.say);
}

/** Scrubs the running builder with the real program, clones it, boots the clones and compares. */
async function prove(request: ProofRequest, builder: Builder): Promise<TargetProof> {
  const { testbed, release, clones, say } = request;
  const { manifest, canaries } = builder;
  const { root } = builder.engine;
  say(`${release.name}: scrub, and ${clones} clones`);
  await runProgram('parbake-agent', ['scrub', '--yes', ...consents, '--root', root, '--json']);
  const list = join(testbed.directory, `${release.name}-canaries`);
  writeFileSync(list, `${[...canaries.values()].join('\n')}\n`);
  await runProgram('parbake-agent', ['verify', '--root', root, '--secrets', list, '--json']);
  const inSealed = await canariesIn(root, canaries, 'the sealed image');
  const cloning = { testbed, release, manifest, canaries, withDocker: true };
  const names = Array.from({ length: clones }, (_, index) => `${release.name}-clone-${index + 1}`);
  const booted = await Promise.all(names.map((name) => bootClone(cloning, root, name)));
  const sheets = booted.map(({ facts }) => facts);
  const findings = [
    ...inSealed,
    ...booted.flatMap((clone) => clone.findings),
    ...compareIdentities(builder.facts, sheets),
  ];
  return proofOf(release.name, { manifest, canaries, sheets, findings });
}

/** What is wrong with two clones of the builder when one rule is left out, the Engine being down. */
async function withoutRule(
  { testbed, release }: ProofRequest,
  builder: Builder,
  rule: string | undefined,
): Promise<Finding[]> {
  // Short: the path of a Unix socket has at most 107 bytes.
  const name = `${release.name}-c${scrubRules.findIndex(({ id }) => id === rule) + 1}`;
  const root = join(testbed.directory, name);
  try {
    await command('cp', ['--archive', '--reflink=auto', builder.snapshot, root]);
    await scrubCopy(root, rule === undefined ? [] : [rule]);
    const withDocker = scrubRules.find(({ id }) => id === rule)?.scope !== 'machine';
    const { manifest, canaries } = builder;
    const booted = await Promise.all(
      ['a', 'b'].map((letter) =>
        bootClone({ testbed, release, manifest, canaries, withDocker }, root, `${name}-${letter}`),
      ),
    );
    return [
      ...booted.flatMap(({ findings }) => findings),
      ...compareIdentities(
        builder.facts,
        booted.map(({ facts }) => facts),
      ),
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
