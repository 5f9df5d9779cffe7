import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { givenRoot, type Root } from '../host/root.ts';
import { parseSecrets, searchImage, searchRoot, type SecretFound } from './secret-search.ts';
import { notSealed, someOf, verify, type Verification } from './verify.ts';

const help = `
Usage: parbake-agent verify [options]

Is this image sealed? Checks every rule of the scrub again and names what leaked. Starting Docker after the seal
breaks it. Reads files only; Docker need not run. Exit code 1 when it is not sealed, or a secret was found.

Options:
  --root DIR       root of the image (default /): the builder's own, or where its file system is mounted
  --secrets FILE   a list of secrets, one on each line, that must not be in any file below the root, in clear or in
                   base64. Keep it off the image. Secrets are told by their line, never printed
  --image FILE     with --secrets: also search every byte of this raw disk image, free blocks included
  --json           print one JSON document

Example:
  parbake-agent verify --root /mnt/image --secrets canaries.txt --image disk.raw
`;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Is this image sealed? Names what leaked.',
  help,
  run: runVerify,
};

async function runVerify(args: string[], context: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions('parbake-agent verify', args, {
    root: { type: 'string', default: '/' },
    secrets: { type: 'string' },
    image: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `verify takes no "${positionals[0] ?? ''}"`);
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
