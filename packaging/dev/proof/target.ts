import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rootAt } from '../../../agent/host/root.ts';
import { planScrub } from '../../../agent/scrub/plan.ts';
import { removeFound } from '../../../agent/scrub/remove.ts';
import { scrubRules } from '../../../agent/scrub/rules.ts';
import { scrub } from '../../../agent/scrub/scrub.ts';
import { runProgram } from '../demo/programs.ts';
import { command } from '../testbed/command.ts';
import type { DockerRelease } from '../testbed/docker-releases.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { makeBuilder, type Builder } from './builder.ts';
import { bootClone, canariesIn } from './clones.ts';
import { compareIdentities, namedRules, type FactSheet, type Finding } from './compare.ts';
import type { Control, TargetProof } from './document.ts';

export interface ProofRequest {
  testbed: Testbed;
  release: DockerRelease;
  clones: number;
  /** Rules to leave out in turn. */
  controls: readonly string[];
  /** For people: what happens. */
  say: (line: string) => void;
}

const consents = [
  '--remove-containers',
  '--remove-volumes',
  '--remove-plugins',
  '--remove-build-cache',
  '--remove-swarm',
] as const;

/** The proof on one Docker, and its negative controls. */
export async function proveTarget(
  request: ProofRequest,
): Promise<{ proof: TargetProof; controls: Control[] }> {
  const { testbed, release, say } = request;
  say(`${release.name}: a builder with every kind of state`);
  const builder = await makeBuilder(testbed, release);
  const proof = await prove(request, builder);
  say(proof.problems.length === 0 ? `${release.name}: the proof holds` : proof.problems.join('\n'));
  // With nothing left out the way of the controls has to be clean too, or a failure of theirs would mean nothing.
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
  const target = request.release.name;
  const findings = await withoutRule(request, builder, rule);
  const named = namedRules(findings);
  const isCaught = named.length > 0;
  const isNamed = named.length === 1 && named[0] === rule;
  const verdict = isNamed ? 'caught by name' : isCaught ? `named ${named.join(', ')}` : 'NOT CAUGHT';
  request.say(`${target}: without ${rule}: ${verdict}`);
  if (!isNamed) for (const { kind, text } of findings) request.say(`  ${kind}: ${text}`);
  return { rule, target, caught: isCaught, named: isNamed, named_rules: named };
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
  const textsOf = (kind: Finding['kind']): string[] =>
    findings.filter((finding) => finding.kind === kind).map(({ text }) => text);
  return {
    target: release.name,
    clones,
    identities_compared: countIdentities(sheets),
    duplicates: textsOf('duplicate'),
    parent_matches: textsOf('parent'),
    canaries_planted: canaries.size,
    canaries_found: textsOf('canary').length,
    images_match_manifest:
      manifest.images.length > 0 && textsOf('images').length === 0 && textsOf('boot').length === 0,
    problems: findings.map(({ kind, text }) => `${kind}: ${text}`),
  };
}

function countIdentities(sheets: readonly FactSheet[]): number {
  return sheets.flatMap(({ identities }) => identities).filter(({ value }) => value !== '').length;
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
    await scrubFiles(root, rule === undefined ? [] : [rule]);
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

/** The scrub itself, in this process: its start would cost more than its work. */
async function scrubFiles(dir: string, keep: readonly string[]): Promise<void> {
  const request = {
    root: rootAt(dir),
    keep,
    consents,
    engine: undefined,
    signal: new AbortController().signal,
    // None runs on a copy.
    stopDocker: async () => {},
    remove: removeFound,
    now: () => new Date(),
  };
  await scrub(request, await planScrub(request));
}
