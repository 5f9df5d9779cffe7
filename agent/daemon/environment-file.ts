import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Root } from '../host/root.ts';

/** The unit's EnvironmentFile. */
export const environmentFile = '/etc/default/parbake-agent';

/**
 * Reads the variables that systemd would give the daemon if it were started now. systemd itself reads the file at a start
 * only.
 * @returns nothing without the file
 * @throws ParbakeError FILE_UNREADABLE
 */
export async function readEnvironmentFile(root: Root): Promise<CommandContext['env']> {
  const path = root.path(environmentFile);
  try {
    return parseEnv(await readFile(path, 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return {};
    throw new ParbakeError('FILE_UNREADABLE', `cannot read the settings in ${path}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
