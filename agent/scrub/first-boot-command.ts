import { ParbakeError } from '../../proto/errors/errors.ts';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { firstBootDeclaration } from './declarations.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { givenRoot } from '../host/root.ts';
import { dockerProcesses } from '../docker/service/process.ts';
import { applyFirstBoot, planFirstBoot, type BootKind, type FirstBootPlan } from './first-boot.ts';
import { removeFound } from './remove.ts';

export const firstBootCommand = command(firstBootDeclaration, runFirstBoot);

async function runFirstBoot(
  values: ValuesOf<typeof firstBootDeclaration>,
  { stdout }: CommandContext,
): Promise<ExitCode> {
  const root = givenRoot(values.root);
  const plan = await planFirstBoot(root);
  const isDry = values.dryRun;
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
