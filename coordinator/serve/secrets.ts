import { stat } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import { SecretFiles } from '../secrets/secret-files.ts';
import { readSecretRules } from '../secrets/secret-rules.ts';
import { Secrets } from '../secrets/secrets.ts';
import type { serveDeclaration } from './serve-declaration.ts';

/** @throws ParbakeError USAGE, FILE_UNREADABLE */
export async function readSecrets({
  secrets,
  secretRules,
}: Pick<ValuesOf<typeof serveDeclaration>, 'secrets' | 'secretRules'>): Promise<Secrets> {
  if (secrets === undefined && secretRules === undefined) return Secrets.none();
  if (secrets === undefined || secretRules === undefined)
    throw new ParbakeError('USAGE', '--secrets and --secret-rules go together: give both');
  const directory = /^file:(.+)$/.exec(secrets)?.[1];
  if (directory === undefined) throw new ParbakeError('USAGE', `--secrets takes file:DIR, not "${secrets}"`);
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw new ParbakeError('FILE_UNREADABLE', `${directory} is not a directory that can be read`);
  const rules = readSecretRules(await readRequiredText(secretRules), secretRules);
  return new Secrets({ provider: new SecretFiles(directory), rules });
}
