import { ParbakeError } from '../../proto/errors/errors.ts';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { verifyDeclaration } from './declarations.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { givenRoot, type Root } from '../host/root.ts';
import { parseSecrets, searchImage, searchRoot, type SecretFound } from './secret-search.ts';
import { notSealed, someOf, verify, type Verification } from './verify.ts';

export const verifyCommand = command(verifyDeclaration, runVerify);

async function runVerify(
  values: ValuesOf<typeof verifyDeclaration>,
  context: CommandContext,
): Promise<ExitCode> {
  if (values.image !== undefined && values.secrets === undefined)
    throw new ParbakeError('USAGE', '--image is searched for secrets: give --secrets too');
  const root = givenRoot(values.root);
  const verification = await verify(root);
  const secrets =
    values.secrets === undefined
      ? undefined
      : await search(root, values.secrets, values.image, context.signal);
  const document = secrets === undefined ? verification : { ...verification, secrets };
  context.stdout.write(
    values.json ? `${JSON.stringify(document)}\n` : `${text(verification)}${secretsText(secrets)}`,
  );
  const errors = [
    ...(verification.sealed ? [] : [notSealed(verification)]),
    ...(secrets === undefined || secrets.length === 0 ? [] : [secretsFound(secrets)]),
  ];
  for (const error of errors)
    context.stderr.write(`parbake-agent: ${error.message} [${error.code}]\n  ${error.action}\n`);
  return errors[0]?.exitCode ?? exitCodes.done;
}

async function search(
  root: Root,
  list: string,
  image: string | undefined,
  signal: AbortSignal,
): Promise<SecretFound[]> {
  const secrets = parseSecrets(await readRequiredText(list));
  const inFiles = await searchRoot(root, secrets, signal);
  return image === undefined ? inFiles : [...inFiles, ...(await searchImage(image, secrets, signal))];
}

function secretsFound(secrets: readonly SecretFound[]): ParbakeError {
  const places = secrets.map(({ secret, place }) => `secret ${secret} at ${place}`);
  return new ParbakeError('NOT_SEALED', `not safe to clone: found ${places.join('; ')}`);
}

function secretsText(secrets: readonly SecretFound[] | undefined): string {
  if (secrets === undefined) return '';
  if (secrets.length === 0) return 'no secret of the list was found\n';
  return secrets.map(({ secret, place }) => `SECRET ${secret}  ${place}\n`).join('');
}

function text({ rules, sealed }: Verification): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const lines = rules.map(({ id, passed, kept, found, rewritten }) => {
    const verdict = kept ? 'kept' : passed ? 'pass' : 'FAIL';
    const since = rewritten.length === 0 ? '' : ` (${rewritten.length} written since by what runs)`;
    return `${verdict}  ${id.padEnd(width)}  ${someOf(found).join(' ')}${since}`.trimEnd();
  });
  return `${lines.join('\n')}\n${sealed ? 'sealed' : 'NOT sealed'}\n`;
}
