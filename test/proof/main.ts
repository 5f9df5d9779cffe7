import { parseArgs } from 'node:util';
import { performance } from 'node:perf_hooks';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { isProven, type ProofDocument } from './document.ts';
import { proveMachines } from './machine-target.ts';
import { proveTarget } from './target.ts';
import { dockerRelease, dockerReleaseNames, type DockerRelease } from '../testbed/docker-releases.ts';
import { machineMissing } from '../testbed/machine.ts';
import { sweepProcesses } from '../testbed/processes.ts';
import { createTestbed, testbedMissing } from '../testbed/testbed.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

const targetNames = [...dockerReleaseNames, 'vm'] as const;

const help = `Usage: npm run proof -- [--target NAME …] [--clones N] [--rule RULE …] [--json]

Proves on real Docker Engines, and on whole virtual machines (vm), that clones of a scrubbed builder share no identity
with each other or with the builder, that they have its images and none of its secrets; then leaves out every rule in
turn, and the proof has to fail by the name of that rule. Removes everything at its end. Machines run by software alone:
with every rule they take a quarter of an hour.

Options:
  --target NAME   ${targetNames.join(', ')}; may be repeated (default: all)
  --clones N      clones of each builder, 2 to 20 (default 3)
  --rule RULE     a rule to leave out; may be repeated (default: every rule)
  --json          print one JSON document on stdout; what happens goes to stderr

Exit code 1 when the proof fails, or a control is not caught by name.

Example:
  npm run proof -- --target docker-20.10 --json
`;

process.exit(await main());

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const { targets, clones, rules, json } = options;
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  const missing = testbedMissing() ?? (targets.includes('vm') ? machineMissing() : undefined);
  const names = dockerReleaseNames.filter((name) => targets.includes(name));
  const found = missing === undefined ? await Promise.all(names.map(dockerRelease)) : [{ missing }];
  const lacking = found.flatMap((release) => ('missing' in release ? [release.missing] : []));
  if (lacking.length > 0) {
    process.stderr.write(`proof: ${lacking.join('; ')}\n`);
    return 2;
  }
  const releases = found.filter((release): release is DockerRelease => 'dockerd' in release);
  const started = performance.now();
  const controls = rules.length > 0 ? rules : scrubRules.map(({ id }) => id);
  let document: ProofDocument | undefined;
  try {
    document = await run({ releases, withMachines: targets.includes('vm'), clones, controls, say });
  } catch (cause) {
    process.stderr.write(`proof: ${reasonOf(cause)}\n`);
    return 1;
  }
  if (document === undefined) return 130;
  if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
  const caught = document.controls.filter((control) => control.named).length;
  say(
    `${document.targets.length} targets, ${caught} of ${document.controls.length} controls caught by name.`,
  );
  say(`Done in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
  return isProven(document) ? 0 : 1;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: 'string', multiple: true, default: [] },
        clones: { type: 'string', default: '3' },
        rule: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const targets = targetNames.filter((name) => values.target.includes(name));
    const unknown = values.target.find((name) => !targetNames.some((known) => known === name));
    if (unknown !== undefined) throw new Error(`there is no target "${unknown}"`);
    const rule = values.rule.find((id) => !scrubRules.some((known) => known.id === id));
    if (rule !== undefined) throw new Error(`there is no rule "${rule}"`);
    const clones = Number(values.clones);
    if (!Number.isInteger(clones) || clones < 2 || clones > 20)
      throw new Error('--clones is a number from 2 to 20');
    return {
      targets: targets.length > 0 ? targets : [...targetNames],
      clones,
      rules: values.rule,
      json: values.json,
    };
  } catch (cause) {
    process.stderr.write(`proof: ${reasonOf(cause)}\n\n${help}`);
    return 2;
  }
}

interface Wanted {
  releases: readonly DockerRelease[];
  withMachines: boolean;
  clones: number;
  controls: readonly string[];
  say: (line: string) => void;
}

/** @returns undefined when it was interrupted; everything that was started is gone again either way */
async function run(wanted: Wanted): Promise<ProofDocument | undefined> {
  const { releases, withMachines, clones, controls, say } = wanted;
  const testbed = await createTestbed();
  let interrupt = (): void => {};
  const interrupted = new Promise<undefined>((resolve) => (interrupt = () => resolve(undefined)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  const proving = proveAll();
  try {
    return await Promise.race([proving, interrupted]);
  } finally {
    // What runs is ended first, so that a proof that was broken off comes to its end soon.
    await sweepProcesses(testbed.directory);
    await testbed.close();
    await proving.catch(() => {});
  }

  async function proveAll(): Promise<ProofDocument> {
    const document: ProofDocument = { targets: [], controls: [] };
    for (const release of releases) {
      const proven = await proveTarget({ testbed, release, clones, controls, say });
      document.targets.push(proven.proof);
      document.controls.push(...proven.controls);
    }
    if (withMachines) {
      const proven = await proveMachines({ testbed, clones, controls, say });
      document.targets.push(proven.proof);
      document.controls.push(...proven.controls);
    }
    return document;
  }
}
