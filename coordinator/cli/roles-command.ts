import { ParbakeError } from '../../proto/errors/errors.ts';
import { keyValues, parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readRecipeFile } from '../../proto/recipe/file/read.ts';
import { takesFiles, userEnvOf } from '../../proto/recipe/role.ts';
import { readRoles as readKnownRoles } from './read-fleet.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { table } from '../insight/format.ts';

const help = `
Usage: parbake roles apply FILE [--var NAME=VALUE …] | parbake roles list

Makes the roles of a recipe known before an instance carries them, so that an assignment waits for one; or lists the
roles that are known. The recipe is read exactly as "parbake-agent bake" reads it.

Options:
  --var NAME=VALUE        a variable of the recipe; may be repeated; other variables come from the environment
${connectionHelp}

Example:
  parbake roles apply parbake.yaml --var APP_VERSION=1.4.2
`;

export const rolesCommand: Command = {
  name: 'roles',
  summary: 'Apply the roles of a recipe, or list the known ones.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake roles', args, {
      ...connectionOptions,
      var: { type: 'string', multiple: true, default: [] },
    });
    const [action, file, ...rest] = positionals;
    const isRight =
      rest.length === 0 &&
      (action === 'list' ? file === undefined : action === 'apply' && file !== undefined);
    if (!isRight) throw new ParbakeError('USAGE', 'roles takes "apply FILE" or "list"');
    const variables = keyValues('--var', values.var);
    if (file === undefined && values.var.length > 0)
      throw new ParbakeError('USAGE', '--var is for "roles apply FILE"');
    const wanted = file === undefined ? undefined : await readRoles(file, variables, context);
    const roles = await withCoordinator(values, context, async (clients) => {
      if (wanted === undefined) return await readKnownRoles(clients);
      return (await clients.fleet.applyRoles({ roles: wanted })).roles;
    });
    const rows = roles.map(({ name, readyInstances, applied, userEnv, takesFiles }) => [
      name,
      String(readyInstances),
      applied ? 'yes' : 'no',
      takesFiles ? 'yes' : 'no',
      userEnv.join(','),
    ]);
    const document = roles.map(({ name, userEnv, takesFiles, readyInstances, applied }) => ({
      name,
      user_env: userEnv,
      takes_files: takesFiles,
      ready_instances: readyInstances,
      applied,
    }));
    context.stdout.write(
      values.json
        ? `${JSON.stringify({ roles: document })}\n`
        : table(['ROLE', 'READY', 'APPLIED', 'TAKES FILES', 'USER ENV'], rows),
    );
    return exitCodes.done;
  },
};

/** What the coordinator has to know of a recipe's roles. @throws ParbakeError as `readRecipeFile` does, ROLE_INVALID */
async function readRoles(file: string, variables: Readonly<Record<string, string>>, context: CommandContext) {
  const { roles } = await readRecipeFile(file, { variables, env: context.env });
  if (roles.length === 0) throw new ParbakeError('ROLE_INVALID', `${file} has no roles`);
  return roles.map((role) => ({ name: role.name, userEnv: userEnvOf(role), takesFiles: takesFiles(role) }));
}
