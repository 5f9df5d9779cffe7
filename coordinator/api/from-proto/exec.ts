import type { ExecRequest__Output } from '../../../proto/gen/parbake/v1/ExecRequest.ts';
import type { ExecStart__Output } from '../../../proto/gen/parbake/v1/ExecStart.ts';
import type { TerminalSize__Output } from '../../../proto/gen/parbake/v1/TerminalSize.ts';
import { bounded, invalid, readAll, required } from './parts.ts';

const maxArguments = 256;
/** Characters of all arguments. */
const maxCommand = 64 * 1024;
/** Lines, or characters in a line. */
const maxSize = 10_000;

/** Names all wrong fields at once, as REQUEST_INVALID. */
export function execStartFromProto({ start = null }: ExecRequest__Output): ExecStart__Output {
  if (start === null) throw invalid('start', 'is the first message of a command');
  const { stdin, tty } = start;
  const read = readAll({
    assignmentId: () => required('start.assignment_id', start.assignmentId, 128),
    container: () => bounded('start.container', start.container, 128),
    command: () => commandFromProto(start.command),
    size: () => (start.size === null ? null : sizeFromProto('start.size', start.size)),
  });
  return { ...read, stdin, tty };
}

/** @returns what comes after the start. @throws ParbakeError REQUEST_INVALID */
export function execInputFromProto(
  { stdin, resize = null }: ExecRequest__Output,
  maxPiece: number,
): { stdin: Buffer } | { resize: TerminalSize__Output } {
  if (resize !== null) return { resize: sizeFromProto('resize', resize) };
  if (stdin === undefined) throw invalid('message', 'is neither input nor a size');
  if (stdin.length > maxPiece) throw invalid('stdin', `has ${stdin.length} bytes, more than ${maxPiece}`);
  return { stdin };
}

function commandFromProto(command: readonly string[]): string[] {
  const [first = ''] = command;
  if (first === '') throw invalid('start.command', 'is required');
  if (command.length > maxArguments)
    throw invalid('start.command', `has ${command.length} parts, more than ${maxArguments}`);
  const characters = command.reduce((sum, { length }) => sum + length, 0);
  if (characters > maxCommand) throw invalid('start.command', `has more than ${maxCommand} characters`);
  // An argument is a C string. The value may be secret, so it is not repeated.
  if (command.some((part) => part.includes('\0'))) throw invalid('start.command', 'has a null character');
  return [...command];
}

function sizeFromProto(field: string, { rows, columns }: TerminalSize__Output): TerminalSize__Output {
  for (const [name, value] of Object.entries({ rows, columns }))
    if (value < 1 || value > maxSize)
      throw invalid(`${field}.${name}`, `is ${value}, not from 1 to ${maxSize}`);
  return { rows, columns };
}
