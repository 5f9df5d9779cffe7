import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { givenRoot } from '../host/root.ts';
import { dockerProcesses } from '../docker/service/process.ts';
import { applyFirstBoot, planFirstBoot, type BootKind, type FirstBootPlan } from './first-boot.ts';
import { removeFound } from './remove.ts';
import { scrubRules } from './rules/all.ts';

const healed = scrubRules.filter(({ isHealed }) => isHealed === true).map(({ id }) => id);

const help = `
Usage: parbake-agent first-boot [options]

Run at every boot before Docker: does this disk come from another machine that was not scrubbed? Then that
machine's Docker identity and the agent's state are dropped, and Docker makes its own. Which machine it is is asked of
the firmware and remembered, so that it is done once. A sealed image needs none of this.

Dropped: ${healed.join(', ')}.
Kept although a copy has them too: containers, volumes, networks, swarm state, credentials. Scrub the image.

Options:
  --dry-run    say what would be dropped, and touch nothing
  --root DIR   root of the machine (default /)
  --json       print one JSON document

Example:
  parbake-agent first-boot --dry-run
`;

export const firstBootCommand: Command = {
  name: 'first-boot',
  summary: 'Before Docker starts: drop the identity of the machine that this disk was copied from.',
  help,
  run: runFirstBoot,
};

async function runFirstBoot(args: string[], { stdout }: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions('parbake-agent first-boot', args, {
    'dry-run': { type: 'boolean', default: false },
    root: { type: 'string', default: '/' },
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0)
    throw new ParbakeError('USAGE', `first-boot takes no "${positionals[0] ?? ''}"`);
  const root = givenRoot(values.root);
  const plan = await planFirstBoot(root);
  const isDry = values['dry-run'];
  if (!isDry && plan.removals.length > 0) {
    const running = await dockerProcesses(root, root.path('/run/docker.pid'), false);
    if (running.length > 0)
      throw new ParbakeError(
        'SCRUB_REFUSED',
        `nothing was dropped: Docker runs already (process ${running[0]?.pid ?? 0}); stop docker.socket, docker.service and containerd.service first`,
      );
  }
  // Said first, so that it is in the journal whatever becomes of it.
  stdout.write(values.json ? `${JSON.stringify(document(plan, isDry))}\n` : text(plan, isDry));
  if (!isDry) await applyFirstBoot(root, plan, removeFound);
  return exitCodes.done;
}

function document({ kind, removals }: FirstBootPlan, isDry: boolean) {
  const paths = removals.map(({ rule, path }) => ({ rule, path }));
  return isDry
    ? { boot: kind, dry_run: true, would_remove: paths }
    : { boot: kind, dry_run: false, removed: paths };
}

const said: Record<BootKind, string> = {
  same: 'This disk ran on this machine before; nothing is dropped.',
  first: 'This is the first boot of this disk; there is nothing to drop.',
  clone: 'This disk is a copy of another machine that was not scrubbed.',
  unknown:
    'It is not known which machine this disk ran on, and the image is not sealed; nothing is dropped. Bake and scrub it.',
};

function text({ kind, removals }: FirstBootPlan, isDry: boolean): string {
  const list = removals.map(({ rule, path }) => `  ${rule}  ${path}\n`).join('');
  return `${said[kind]}\n${list === '' ? '' : `${isDry ? 'Would drop' : 'Dropping'}:\n${list}`}`;
}
