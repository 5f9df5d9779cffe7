import { ParbakeError } from '../../proto/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/process/exit.ts';
import { nearest } from '../core/nearest.ts';
import { connect } from '../docker/client.ts';
import { upkeepEngine } from '../docker/upkeep.ts';
import { rootAt, type Root } from '../host/root.ts';
import { removeEntry } from './remove.ts';
import { scrubRules, type Consent } from './rules.ts';
import { planScrub, scrub, type ScrubPlan, type Scrubbed } from './scrub.ts';
import { runningPid, stopDocker } from './stop-docker.ts';

const help = `
Usage: parbake-agent scrub [options]

Makes a baked image safe to clone: stops Docker, removes its identity, credentials and state, checks every rule
and seals the manifest. Images stay. Says first what it will delete, and deletes only with --yes.

Options:
  --yes                   really do it
  --dry-run               say what would be removed, and touch nothing
  --keep RULE             leave a rule out; may be repeated
  --remove-containers     agree to lose the containers that Docker has
  --remove-volumes        agree to lose its volumes
  --remove-build-cache    agree to lose its build cache
  --docker-only           accepted for scripts: this version scrubs Docker and Parbake only
  --root DIR              root of the image (default /)
  --docker-socket PATH    the Engine's socket (default run/docker.sock below the root)
  --docker-pidfile PATH   the Engine's pid file (default run/docker.pid below the root)
  --json                  print one JSON document

Rules: ${scrubRules.map((rule) => rule.id).join(', ')}

Example:
  parbake-agent scrub --dry-run && parbake-agent scrub --yes
`;

export const scrubCommand: Command = {
  name: 'scrub',
  summary: 'Remove what makes clones collide or leaks, check, and seal.',
  help,
  run: runScrub,
};

async function runScrub(args: string[], context: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions('parbake-agent scrub', args, {
    yes: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    keep: { type: 'string', multiple: true, default: [] },
    'remove-containers': { type: 'boolean', default: false },
    'remove-volumes': { type: 'boolean', default: false },
    'remove-build-cache': { type: 'boolean', default: false },
    'docker-only': { type: 'boolean', default: false },
    root: { type: 'string', default: '/' },
    'docker-socket': { type: 'string' },
    'docker-pidfile': { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `scrub takes no "${positionals[0] ?? ''}"`);
  checkKept(values.keep);
  const root = rootAt(values.root);
  const pidFile = values['docker-pidfile'] ?? root.path('/run/docker.pid');
  const consents = (['containers', 'volumes', 'build-cache'] as const).flatMap((name): Consent['option'][] =>
    values[`remove-${name}`] ? [`--remove-${name}`] : [],
  );
  const request = {
    root,
    keep: values.keep,
    consents,
    engine: await runningEngine(values['docker-socket'] ?? root.path('/run/docker.sock'), pidFile, root),
    stopDocker: () => stopDocker(root, pidFile, context.signal),
    remove: removeEntry,
    now: () => new Date(),
    signal: context.signal,
  };
  const plan = await planScrub(request);
  if (values['dry-run']) {
    context.stdout.write(
      values.json ? `${JSON.stringify(planDocument(plan))}\n` : planText(plan, 'Would remove'),
    );
    return exitCodes.done;
  }
  context.stderr.write(planText(plan, 'Will remove'));
  if (!values.yes)
    throw new ParbakeError('USAGE', 'nothing was removed: give --yes to remove what is listed above');
  const done = await scrub(request, plan);
  context.stdout.write(values.json ? `${JSON.stringify(scrubDocument(done))}\n` : scrubText(done));
  return exitCodes.done;
}

function checkKept(keep: readonly string[]): void {
  const known = scrubRules.map((rule) => rule.id);
  for (const id of keep.filter((one) => !known.includes(one))) {
    const close = nearest(id, known);
    const hint = close === undefined ? `rules are ${known.join(', ')}` : `did you mean ${close}?`;
    throw new ParbakeError('USAGE', `there is no rule "${id}"; ${hint}`);
  }
}

/** The Engine if its process lives; one that is down is scrubbed by its files alone. */
async function runningEngine(socket: string, pidFile: string, root: Root) {
  const client = connect(socket);
  if ((await runningPid(pidFile)) !== undefined || root.dir === '/') {
    const answers = await client.ping().then(
      () => true,
      () => false,
    );
    if (answers) return upkeepEngine(client);
  }
  return undefined;
}

function planDocument(plan: ScrubPlan) {
  return { sealed: false, dry_run: true, would_remove: plan.removals, data_root: plan.places.dataRoot };
}

function planText(plan: ScrubPlan, verb: string): string {
  if (plan.removals.length === 0) return 'Nothing is to be removed.\n';
  return `${verb}, after Docker was stopped:\n${listText(plan.removals)}`;
}

function scrubDocument(done: Scrubbed) {
  const { removed, kept, dataRoot, unchanged } = done;
  return { sealed: true, removed, kept, data_root: dataRoot, unchanged };
}

function scrubText(done: Scrubbed): string {
  if (done.unchanged) return 'It was sealed already; nothing was changed.\n';
  return `Removed ${done.removed.length} entries; every rule holds. Sealed.\n`;
}

function listText(removals: readonly { rule: string; path: string }[]): string {
  const width = Math.max(...removals.map(({ rule }) => rule.length));
  return removals.map(({ rule, path }) => `  ${rule.padEnd(width)}  ${path}\n`).join('');
}
