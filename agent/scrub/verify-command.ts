import { resolve } from 'node:path';
import { ParbakeError } from '../../proto/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/process/exit.ts';
import { rootAt } from '../host/root.ts';
import { notSealed, verify, type Verification } from './verify.ts';

const help = `
Usage: parbake-agent verify [--root DIR] [--json]

Is this image sealed? Checks every rule of the scrub again and names what leaked. Starting Docker after the seal
breaks it. Reads files only; Docker need not run. Exit code 1 when it is not sealed.

Example:
  parbake-agent verify --root /mnt/image
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
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `verify takes no "${positionals[0] ?? ''}"`);
  const verification = await verify(rootAt(resolve(values.root)));
  context.stdout.write(values.json ? `${JSON.stringify(verification)}\n` : text(verification));
  if (verification.sealed) return exitCodes.done;
  const error = notSealed(verification);
  context.stderr.write(`parbake-agent: ${error.message} [${error.code}]\n  ${error.action}\n`);
  return error.exitCode;
}

function text({ rules, sealed }: Verification): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const lines = rules.map(({ id, passed, kept, found, rewritten }) => {
    const verdict = kept ? 'kept' : passed ? 'pass' : 'FAIL';
    const since = rewritten.length === 0 ? '' : ` (${rewritten.length} written since by what runs)`;
    return `${verdict}  ${id.padEnd(width)}  ${found.join(' ')}${since}`.trimEnd();
  });
  return `${lines.join('\n')}\n${sealed ? 'sealed' : 'NOT sealed'}\n`;
}
