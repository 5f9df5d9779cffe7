import { ParbakeError } from '../../proto/errors/errors.ts';
import { defined } from '../../proto/errors/defined.ts';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { verifyDeclaration } from './declarations.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { isAbort } from '../../proto/process/tasks.ts';
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
  const verification = await interruptible(verify(root, context.signal));
  const secrets =
    values.secrets === undefined
      ? undefined
      : await search(root, values.secrets, values.image, context.signal);
  const document =
    secrets === undefined
      ? verification
      : { ...verification, secrets: secrets.found, ...defined({ image: secrets.image }) };
  context.stdout.write(
    values.json ? `${JSON.stringify(document)}\n` : `${text(verification)}${secretsText(secrets)}`,
  );
  const errors = [
    ...(verification.sealed ? [] : [notSealed(verification)]),
    ...(secrets === undefined || secrets.found.length === 0 ? [] : [secretsFound(secrets.found)]),
  ];
  for (const error of errors)
    context.stderr.write(`parbake-agent: ${error.message} [${error.code}]\n  ${error.action}\n`);
  return errors[0]?.exitCode ?? exitCodes.done;
}

/** Nothing was changed, so that nothing has to be cleaned up. */
async function interruptible<T>(work: Promise<T>): Promise<T> {
  return await work.catch((cause: unknown) => {
    if (!isAbort(cause)) throw cause;
    throw new ParbakeError('INTERRUPTED', 'the check was interrupted', { cause });
  });
}

interface Searched {
  found: SecretFound[];
  /** How many of the secrets can be read in the raw image, its free blocks included. */
  image?: { secrets: number; readable: number };
}

async function search(
  root: Root,
  list: string,
  image: string | undefined,
  signal: AbortSignal,
): Promise<Searched> {
  const secrets = parseSecrets(await readRequiredText(list));
  const inFiles = await searchRoot(root, secrets, signal);
  if (image === undefined) return { found: inFiles };
  const inImage = await searchImage(image, secrets, signal);
  return {
    found: [...inFiles, ...inImage],
    image: { secrets: secrets.length, readable: inImage.length },
  };
}

function secretsFound(secrets: readonly SecretFound[]): ParbakeError {
  const places = secrets.map((one) => `secret ${one.secret} at ${placeOf(one)}`);
  return new ParbakeError('NOT_SEALED', `not safe to clone: found ${someOf(places).join('; ')}`);
}

/** Lines for people; JSON has all of them. */
const maxLines = 1000;

function secretsText(searched: Searched | undefined): string {
  if (searched === undefined) return '';
  const { found, image } = searched;
  const shown = found.slice(0, maxLines).map((one) => `SECRET ${one.secret}  ${placeOf(one)}\n`);
  const more = found.length > maxLines ? `and ${found.length - maxLines} more\n` : '';
  const readable =
    image === undefined
      ? ''
      : `${image.readable} of ${image.secrets} secrets can be read in the disk image\n`;
  const none = found.length === 0 ? 'no secret of the list was found\n' : '';
  return `${shown.join('')}${more}${none}${readable}`;
}

function placeOf({ place, copies }: SecretFound): string {
  return copies === undefined || copies === 1 ? place : `${place} (${copies} copies)`;
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
