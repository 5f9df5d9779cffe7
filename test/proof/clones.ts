import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../agent/core/manifest.ts';
import { rootAt } from '../../agent/host/root.ts';
import { locate } from '../../agent/scrub/locate.ts';
import { placesOf } from '../../agent/scrub/places.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { searchRoot } from '../../agent/scrub/secret-search.ts';
import { command } from '../testbed/command.ts';
import type { DockerRelease } from '../testbed/docker-releases.ts';
import type { Engine } from '../testbed/engine.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { identityRule } from './builder.ts';
import type { FactSheet, Finding } from './compare.ts';
import { engineIdentities, firstBoot, machineIdentities } from './identities.ts';
import { readManifest } from '../../agent/manifest/read.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

export interface CloneRequest {
  testbed: Testbed;
  release: DockerRelease;
  manifest: Manifest;
  canaries: ReadonlyMap<string, string>;
  /** Also boot Docker; without, only what systemd and sshd make at a first boot. */
  withDocker: boolean;
}

export interface BootedClone {
  facts: FactSheet;
  /** What is wrong with this clone alone. */
  findings: Finding[];
}

/** Clones a root verbatim (also what lies in run, which is on the disk of some distributions), boots the clone and asks it. */
export async function bootClone(request: CloneRequest, from: string, name: string): Promise<BootedClone> {
  const root = join(request.testbed.directory, name);
  try {
    await command('mkdir', ['-p', root]);
    await command('cp', ['--archive', '--reflink=auto', `${from}/.`, root]);
    await firstBoot(root);
    const docker = request.withDocker ? await bootDocker(request, root) : { identities: [], findings: [] };
    const facts = { machine: name, identities: [...docker.identities, ...machineIdentities(root)] };
    return { facts, findings: [...docker.findings, ...(await canariesIn(root, request.canaries, name))] };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function bootDocker({ testbed, release, manifest }: CloneRequest, root: string) {
  let engine: Engine;
  try {
    engine = await testbed.startEngine({ root, dockerd: release.dockerd, env: release.env });
  } catch (cause) {
    const text = reasonOf(cause);
    const rule = /docker\.pid|PID \d+ is still running/.test(text) ? 'docker-pid-files' : undefined;
    return { identities: [], findings: [{ kind: 'boot' as const, rule, text }] };
  }
  try {
    const identities = await engineIdentities(engine, identityRule(release));
    return { identities, findings: await imageFindings(engine, manifest) };
  } finally {
    await engine.kill();
  }
}

/** Every image of the manifest, by its name and its id. */
async function imageFindings(engine: Engine, manifest: Manifest): Promise<Finding[]> {
  const findings = await Promise.all(
    manifest.images.map(async ({ ref, imageId }): Promise<Finding[]> => {
      const found = await engine.docker
        .getImage(ref)
        .inspect()
        .then(
          ({ Id }) => Id,
          () => 'nothing',
        );
      const text = `${ref} is ${found} and not ${imageId}`;
      return found === imageId ? [] : [{ kind: 'images', rule: undefined, text }];
    }),
  );
  return findings.flat();
}

/** @param name of the machine whose root it is */
export async function canariesIn(
  root: string,
  canaries: ReadonlyMap<string, string>,
  name: string,
): Promise<Finding[]> {
  const rules = [...canaries.keys()];
  const found = await searchRoot(rootAt(root), [...canaries.values()], new AbortController().signal);
  return found.map(({ secret, place }) => {
    const rule = rules[secret - 1];
    return { kind: 'canary', rule, place, text: `${name} has the canary of ${rule ?? '?'} at ${place}` };
  });
}

/** What is found where a rule that was left out would have removed it is there for want of that rule, whatever else it is. */
export async function forWantOf(
  leftOut: string,
  dir: string,
  findings: readonly Finding[],
): Promise<Finding[]> {
  const rule = scrubRules.find(({ id }) => id === leftOut);
  const root = rootAt(dir);
  const places = await placesOf(root, await readManifest(root), []);
  const left = rule === undefined ? [] : await locate(rule, places);
  const isLeft = (place: string): boolean =>
    left.some(({ path }) => place === path || place.startsWith(`${path}/`));
  return findings.map((one) => (isLeft(one.place ?? '') ? { ...one, rule: leftOut } : one));
}
