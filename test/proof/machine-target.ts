import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../agent/core/manifest.ts';
import { runProgram } from '../demo/programs.ts';
import { buildTinyImage, pushImage } from '../testbed/images.ts';
import { bootMachine, cloneDisk, copyDisk, withRoot, type MachineDisk } from '../testbed/machine.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { canariesIn, forWantOf } from './clones.ts';
import { compareIdentities, type FactSheet, type Finding } from './compare.ts';
import { controlOf, proofOf, type Control, type TargetProof } from './document.ts';
import {
  builderFacts,
  dirtyMachine,
  makeMachineBuilder,
  manifestOf,
  sealMachine,
  type MachineBuilder,
} from './machine-builder.ts';
import { awaitReport, type MachineReport } from './machine-report.ts';
import { scrubCopy } from './scrub-copy.ts';

const target = 'vm';
/** Milliseconds; without hardware's help, and two at once. */
const bootDeadline = 600_000;

/** Rules whose absence shows in what a machine is known by, once it booted. Of the others, secrets on the disk tell. */
const bootedControls = new Set([
  ...['docker-key-json', 'docker-network-db', 'containerd-uuid', 'docker-swarm'],
  ...['machine-id', 'dbus-machine-id', 'ssh-host-keys', 'hostname', 'random-seed'],
]);
/** Where /run is in memory, a clone has no pid file of its builder's. */
const withoutEffect = new Set(['docker-pid-files']);

export interface MachineProofRequest {
  testbed: Testbed;
  clones: number;
  /** Rules to leave out in turn. */
  controls: readonly string[];
  /** Progress for people. */
  say: (line: string) => void;
}

/** What the controls start from. */
export interface MachineSnapshot {
  /** The builder's as a power cut would leave it: with dirt for every rule, baked and not scrubbed. */
  disk: MachineDisk;
  facts: FactSheet;
  manifest: Manifest;
  canaries: ReadonlyMap<string, string>;
}

/** The proof on whole machines with systemd, and its negative controls. */
export async function proveMachines(
  request: MachineProofRequest,
): Promise<{ proof: TargetProof; controls: Control[] }> {
  const { testbed, clones, say } = request;
  say(`${target}: a builder with every kind of state`);
  const { builder, snapshot } = await makeBuilder(testbed);
  say(`${target}: scrub, and ${clones} clones`);
  await sealMachine(builder);
  const proof = await prove(request, builder.disk, snapshot);
  say(proof.problems.length === 0 ? `${target}: the proof holds` : proof.problems.join('\n'));
  const wanted = request.controls.filter((rule) => !withoutEffect.has(rule));
  const without = wanted.length === 0 ? [] : await withoutRule(testbed, snapshot, undefined);
  if (without.length > 0)
    throw new Error(
      `the control without a rule left out fails: ${without.map(({ text }) => text).join('; ')}`,
    );
  const controls: Control[] = [];
  for (const rule of wanted)
    controls.push(controlOf(target, rule, await withoutRule(testbed, snapshot, rule), say));
  return { proof, controls };
}

async function makeBuilder(testbed: Testbed) {
  const registry = (await testbed.registry()).address;
  const workshop = await testbed.startEngine();
  const images = ['tool', 'service'].map((image) => `${registry}/${target}/${image}:1.0`);
  for (const [index, image] of images.entries()) {
    await buildTinyImage(workshop, testbed.makeDirectory(`vm-image-${index}`), image);
    await pushImage(workshop, image);
  }
  await workshop.stop();
  const recipe = `apiVersion: parbake/v1\nimages:\n${images.map((image) => `  - ${image}\n`).join('')}`;
  const builder = await makeMachineBuilder({ testbed, registry, recipe });
  await builder.machine.run('parbake-agent bake --recipe /root/parbake.yaml');
  return { builder, snapshot: await takeSnapshot(testbed, builder, images[0] ?? '') };
}

/** Dirties a builder that has baked, and copies its disk while it runs. @param image that it has */
export async function takeSnapshot(
  testbed: Testbed,
  builder: MachineBuilder,
  image: string,
): Promise<MachineSnapshot> {
  const manifest = await manifestOf(builder);
  await dirtyMachine(testbed, builder, image);
  const facts = await builderFacts(builder);
  const disk = await builder.machine.snapshot('snapshot');
  return { disk, facts, manifest, canaries: builder.canaries };
}

async function prove(
  { testbed, clones, say }: MachineProofRequest,
  sealed: MachineDisk,
  { facts, manifest, canaries }: MachineSnapshot,
): Promise<TargetProof> {
  const list = join(testbed.directory, 'vm-canaries');
  writeFileSync(list, `${[...canaries.values()].join('\n')}\n`);
  const inSealed = await withRoot(sealed, async (root) => {
    await runProgram('parbake-agent', ['verify', '--root', root, '--secrets', list, '--json']);
    return await canariesIn(root, canaries, 'the sealed image');
  });
  const sheets: FactSheet[] = [];
  const findings: Finding[] = [...inSealed];
  for (let number = 1; number <= clones; number += 1) {
    const name = `vm-clone-${number}`;
    const disk = await cloneDisk(sealed, name);
    const report = await bootAndTell(testbed, disk, name);
    say(`${target}: ${name} has booted`);
    sheets.push(report.facts);
    findings.push(...imageFindings(report, manifest));
    // Also what it wrote itself.
    findings.push(...(await withRoot(disk, (root) => canariesIn(root, canaries, name))));
    rmSync(disk.file);
  }
  findings.push(...compareIdentities(facts, sheets));
  return proofOf(target, { manifest, canaries, sheets, findings });
}

/** What is wrong with clones of the builder when one rule is left out. @param clones to boot, at most two */
export async function withoutRule(
  testbed: Testbed,
  { disk, facts, manifest, canaries }: MachineSnapshot,
  rule: string | undefined,
  clones = 2,
): Promise<Finding[]> {
  const name = `vm-without-${rule ?? 'none'}`;
  const copy = await copyDisk(disk, name);
  try {
    const found = await withRoot(copy, async (root) => {
      await scrubCopy(root, rule === undefined ? [] : [rule]);
      const canary = await canariesIn(root, canaries, name);
      return rule === undefined ? canary : await forWantOf(rule, root, canary);
    });
    if (rule !== undefined && !bootedControls.has(rule)) return found;
    const reports = await Promise.all(
      ['a', 'b'].slice(0, clones).map(async (letter) => {
        const clone = await cloneDisk(copy, `${name}-${letter}`);
        try {
          return await bootAndTell(testbed, clone, `${name}-${letter}`);
        } finally {
          rmSync(clone.file);
        }
      }),
    );
    return [
      ...found,
      ...reports.flatMap((report) => imageFindings(report, manifest)),
      ...compareIdentities(
        facts,
        reports.map((report) => report.facts),
      ),
    ];
  } finally {
    rmSync(copy.file, { force: true });
  }
}

async function bootAndTell(testbed: Testbed, disk: MachineDisk, name: string): Promise<MachineReport> {
  const machine = await bootMachine(testbed, name, disk);
  try {
    return await awaitReport(machine, bootDeadline);
  } finally {
    await machine.kill();
  }
}

/** Every image of the manifest, by its name and its id. */
export function imageFindings({ facts, images }: MachineReport, manifest: Manifest): Finding[] {
  return manifest.images
    .filter(({ ref, imageId }) => images.get(ref) !== imageId)
    .map(({ ref, imageId }) => ({
      kind: 'images',
      rule: undefined,
      text: `${ref} on ${facts.machine} is ${images.get(ref) ?? 'nothing'} and not ${imageId}`,
    }));
}
