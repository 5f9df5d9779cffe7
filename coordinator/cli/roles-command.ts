import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ApplyRolesResponse__Output } from '../../proto/gen/parbake/v1/ApplyRolesResponse.ts';
import type { ListRolesResponse__Output } from '../../proto/gen/parbake/v1/ListRolesResponse.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { call, connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { table } from '../insight/format.ts';

const help = `
Usage: parbake roles apply FILE | parbake roles list

Makes the roles of a recipe known before an instance carries them, so that an assignment waits for one; or lists the
roles that are known.

Options:
${connectionHelp}

Example:
  parbake roles apply parbake.yaml
`;

export const rolesCommand: Command = {
  name: 'roles',
  summary: 'Apply the roles of a recipe, or list the known ones.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake roles', args, connectionOptions);
    const [action, file, ...rest] = positionals;
    const isRight =
      rest.length === 0 &&
      (action === 'list' ? file === undefined : action === 'apply' && file !== undefined);
    if (!isRight) throw new ParbakeError('USAGE', 'roles takes "apply FILE" or "list"');
    const wanted = file === undefined ? undefined : await readRoles(file);
    const { roles } = await withCoordinator(values, context, ({ fleet }) =>
      wanted === undefined
        ? call<ListRolesResponse__Output>(
            (options, done) => fleet.listRoles({ pageSize: 1000 }, options, done),
            deadlines.read,
          )
        : call<ApplyRolesResponse__Output>(
            (options, done) => fleet.applyRoles({ roles: wanted }, options, done),
            deadlines.read,
          ),
    );
    const rows = roles.map(({ name, readyInstances, applied, userEnv }) => [
      name,
      String(readyInstances),
      applied ? 'yes' : 'no',
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
        : table(['ROLE', 'READY', 'APPLIED', 'USER ENV'], rows),
    );
    return exitCodes.done;
  },
};

interface AppliedRole {
  name: string;
  userEnv: string[];
  takesFiles: boolean;
}

async function readRoles(file: string): Promise<AppliedRole[]> {
  return parseRoles(await readRequiredText(file), file);
}

/** The roles of a recipe with the variables that their containers take. @throws ParbakeError ROLE_INVALID */
export function parseRoles(text: string, file: string): AppliedRole[] {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new ParbakeError('ROLE_INVALID', `${file}:${line}:${col}: ${message}`);
  };
  const [error] = parsed.errors;
  if (error !== undefined) fail(error.pos[0], error.message);
  const offset = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;
  const roles: unknown = parsed.get('roles', true);
  if (!isMap(roles) || roles.items.length === 0) return fail(offset(roles), 'roles is missing or empty');
  return roles.items.map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : fail(offset(key), 'a role name must be text');
    const containers = isMap(value) ? value.get('containers', true) : undefined;
    if (!isSeq(containers)) return fail(offset(value ?? key), `role ${name} has no list of containers`);
    const variables = containers.items.flatMap((container): string[] => {
      const list: unknown = isMap(container) ? container.get('user_env', true) : undefined;
      if (list === undefined) return [];
      if (!isSeq(list)) return fail(offset(list), 'user_env must be a list');
      return list.items.map((item) =>
        isScalar(item) ? String(item.value) : fail(offset(item), 'a variable must be text'),
      );
    });
    const takesFiles = containers.items.some((container) => isMap(container) && container.has('files'));
    return { name, userEnv: [...new Set(variables)], takesFiles };
  });
}
