import type { Role__Output } from '../../proto/gen/parbake/v1/Role.ts';
import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { readRoles } from './read-fleet.ts';

export const deleteRoleCommand = command(
  {
    name: 'roles delete',
    summary: 'Forget a role that was applied.',
    description:
      'Forgets what "roles apply" made known. Instances that carry the role still offer it. First says what will happen.',
    options: { dryRun: flag('say what would happen, and change nothing'), ...connectionOptions },
    positionals: { role: required(text('ROLE', 'name of the role')) },
    examples: ['parbake roles delete web --dry-run'],
    settingsFile,
  },
  async (values, context) => {
    const { stdout, stderr } = context;
    const { role: name, dryRun } = values;
    const effect = await withCoordinator(values, context, async (clients) => {
      const role = (await readRoles(clients)).find((known) => known.name === name);
      if (role?.applied !== true) throw new ParbakeError('ROLE_UNKNOWN', `no role "${name}" was applied`);
      const effect = deleteEffect(role);
      if (dryRun) return effect;
      stderr.write(`${effect}\n`);
      await clients.fleet.deleteRole({ name });
      return effect;
    });
    if (values.json) stdout.write(`${JSON.stringify({ dry_run: dryRun, effect, role: name })}\n`);
    else stdout.write(dryRun ? `Dry run: ${effect}\n` : `${name}  deleted\n`);
    return exitCodes.done;
  },
);

type Deleted = Pick<
  Role__Output,
  | 'name'
  | 'readyInstances'
  | 'preparingInstances'
  | 'assignedInstances'
  | 'failedInstances'
  | 'waitingAssignments'
>;

/** What deleting a role will do, as sentences. */
export function deleteEffect(role: Deleted): string {
  const carrying =
    role.readyInstances + role.preparingInstances + role.assignedInstances + role.failedInstances;
  const then =
    carrying > 0
      ? `${plural(carrying, 'instance')} carrying it still offer${carrying === 1 ? 's' : ''} it.`
      : 'No instance carries it, so that assigning it fails with ROLE_UNKNOWN.';
  const { waitingAssignments: waiting } = role;
  const waits =
    waiting > 0 ? ` ${plural(waiting, 'request')} for it still wait${waiting === 1 ? 's' : ''}.` : '';
  return `Role ${role.name} is forgotten. ${then}${waits}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
