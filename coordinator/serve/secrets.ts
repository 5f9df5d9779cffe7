import { stat } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import { SecretFiles } from '../secrets/secret-files.ts';
import { readSecretRules } from '../secrets/secret-rules.ts';
import { Secrets, type SecretProvider } from '../secrets/secrets.ts';
import type { serveDeclaration } from './serve-declaration.ts';

/** @throws ParbakeError USAGE, FILE_UNREADABLE */
export async function readSecrets({
  secrets,
  secretRules,
}: Pick<ValuesOf<typeof serveDeclaration>, 'secrets' | 'secretRules'>): Promise<Secrets> {
  if (secrets === undefined && secretRules === undefined) return Secrets.none();
  if (secrets === undefined || secretRules === undefined)
    throw new ParbakeError('USAGE', '--secrets and --secret-rules go together: give both');
  const provider = await providerOf(secrets);
  return new Secrets({ provider, rules: readSecretRules(await readRequiredText(secretRules), secretRules) });
}

/** @throws ParbakeError USAGE, FILE_UNREADABLE */
async function providerOf(secrets: string): Promise<SecretProvider> {
  const directory = /^file:(.+)$/.exec(secrets)?.[1];
  if (directory !== undefined) {
    const found = await stat(directory).catch(() => undefined);
    if (found?.isDirectory() !== true)
      throw new ParbakeError('FILE_UNREADABLE', `${directory} is not a directory that can be read`);
    return new SecretFiles(directory);
  }
  const [, service, region = '', segments = ''] =
    /^(ssm|secretsmanager):([a-z]{2,4}(?:-[a-z]+)+-\d)((?:\/[A-Za-z0-9_.-]+)*)\/?$/.exec(secrets) ?? [];
  const place = { region, prefix: segments === '' ? '' : `${segments.slice(1)}/` };
  // The AWS SDK is loaded only where it is used.
  if (service === 'ssm') return (await import('../secrets/aws/parameter-store.ts')).parameterStore(place);
  if (service === 'secretsmanager')
    return (await import('../secrets/aws/secrets-manager.ts')).secretsManager(place);
  throw new ParbakeError(
    'USAGE',
    `--secrets takes file:DIR, ssm:REGION/PREFIX or secretsmanager:REGION/PREFIX, not "${secrets}"`,
  );
}
