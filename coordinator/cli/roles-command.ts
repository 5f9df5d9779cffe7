import type { CommandContext } from '../../proto/process/command.ts';
import type { Role__Output } from '../../proto/gen/parbake/v1/Role.ts';
import { command } from '../../proto/process/cli/command.ts';
import { pairs, required, text } from '../../proto/process/cli/options.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { lossMessage } from '../../proto/wire/loss.ts';
import { readRecipeFile } from '../../proto/recipe/file/read.ts';
import { takesFiles, userEnvOf, type LossPolicy } from '../../proto/recipe/role.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { readRoles as readKnownRoles } from './read-fleet.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { listOptions, listText } from './listing.ts';

export const applyRolesCommand = command(
  {
    name: 'roles apply',
    summary: 'Make the roles of a recipe known.',
    description:
      'Makes roles known before an instance carries them, so that an assignment waits for one. The recipe is read exactly as "parbake-agent bake" reads it.',
    options: {
      var: pairs('NAME=VALUE', 'variable of the recipe; others come from the environment'),
      ...connectionOptions,
    },
    positionals: { file: required(text('FILE', 'recipe, usually parbake.yaml')) },
    examples: ['parbake roles apply parbake.yaml --var APP_VERSION=1.4.2'],
    settingsFile,
  },
  async (values, context) => {
    const wanted = await readRoles(values.file, values.var, context);
    const { roles } = await withCoordinator(values, context, ({ fleet }) =>
      fleet.applyRoles({ roles: wanted }),
    );
    context.stdout.write(
      rolesText(roles, { ...values, output: undefined, columns: undefined, sort: undefined }),
    );
    return exitCodes.done;
  },
);

export const listRolesCommand = command(
  {
    name: 'roles list',
    summary: 'List the known roles.',
    description: 'Lists the roles that instances carry or that were applied.',
    options: listOptions,
    positionals: {},
    examples: ['parbake roles list'],
    settingsFile,
  },
  async (values, context) => {
    const roles = await withCoordinator(values, context, readKnownRoles);
    context.stdout.write(rolesText(roles, values));
    return exitCodes.done;
  },
);

function rolesText(roles: readonly Role__Output[], values: Parameters<typeof listText>[0]): string {
  return listText(values, {
    header: ['ROLE', 'READY', 'APPLIED', 'TAKES FILES', 'ON LOSS', 'USER ENV'],
    items: roles,
    cellsOf: ({ name, readyInstances, applied, userEnv, ...role }) => [
      name,
      String(readyInstances),
      applied ? 'yes' : 'no',
      role.takesFiles ? 'yes' : 'no',
      lossName(role),
      userEnv.join(','),
    ],
    document: () => ({ roles: roles.map(roleDocument) }),
  });
}

function roleDocument({ name, userEnv, readyInstances, applied, ...role }: Role__Output) {
  return {
    name,
    user_env: userEnv,
    takes_files: role.takesFiles,
    on_loss: lossName(role),
    silent_after_ms: millisecondsOf(role.silentAfter),
    ready_instances: readyInstances,
    applied,
  };
}

/** The policy as recipes write it. */
function lossName({ onLoss }: Pick<Role__Output, 'onLoss'>): LossPolicy {
  return onLoss === 'ON_LOSS_REPLACE' ? 'replace' : 'fail';
}

/** What the coordinator has to know of a recipe's roles. @throws ParbakeError as `readRecipeFile` does, ROLE_INVALID */
async function readRoles(file: string, variables: Readonly<Record<string, string>>, context: CommandContext) {
  const { roles } = await readRecipeFile(file, { variables, env: context.env });
  if (roles.length === 0) throw new ParbakeError('ROLE_INVALID', `${file} has no roles`);
  return roles.map((role) => ({
    name: role.name,
    userEnv: userEnvOf(role),
    takesFiles: takesFiles(role),
    ...lossMessage(role),
  }));
}
