import type { ClientDuplexStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ExecRequest } from '../../proto/gen/parbake/v1/ExecRequest.ts';
import type { ExecResponse__Output } from '../../proto/gen/parbake/v1/ExecResponse.ts';
import type { TerminalSize } from '../../proto/gen/parbake/v1/TerminalSize.ts';
import { command } from '../../proto/process/cli/command.ts';
import { flag, many, preset, required, short, text } from '../../proto/process/cli/options.ts';
import type { CommandContext, Input } from '../../proto/process/command.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { drained } from './drained.ts';
import { OutputWriter } from './output-writer.ts';

const { json: _json, ...connection } = connectionOptions;

type ExecStream = ClientDuplexStream<ExecRequest, ExecResponse__Output>;

/** The exit code of what Ctrl-C ended, as shells have it. */
const interrupted = 130;
/** Bytes of a message; what is typed or piped comes in larger pieces too. */
const maxPiece = 32 * 1024;

export const execCommand = command(
  {
    name: 'exec',
    summary: "Run a command in an assignment's container.",
    description:
      'Runs a command in a container, as docker exec does, and ends with its exit code. The command does not have the variables of the order: they are in /proc/1/environ of the container. The coordinator writes down who runs a command, and its first word.',
    options: {
      interactive: short('i', flag('pass our standard input on')),
      tty: short('t', flag('give it a terminal; ours becomes raw, so that Ctrl-C reaches the command')),
      container: preset(text('NAME', 'which container, where the role has several'), ''),
      ...connection,
    },
    positionals: {
      assignment: required(text('ASSIGNMENT', 'assignment id')),
      command: many(text('COMMAND', 'the command and its arguments, after --')),
    },
    examples: [
      'parbake exec as-5f0c2a31 -it -- sh',
      'parbake exec as-5f0c2a31 --container db -- psql -c "select 1"',
    ],
    settingsFile,
  },
  async (values, context) => {
    const { assignment: assignmentId, container, interactive, tty } = values;
    if (values.command.length === 0)
      throw new ParbakeError('USAGE', 'exec needs a command, such as: parbake exec ASSIGNMENT -- ls');
    const input = interactive ? context.stdin() : undefined;
    if (tty && input?.isTTY !== true)
      throw new ParbakeError('USAGE', '--tty needs --interactive and a terminal: leave it out in scripts');
    const size = tty ? sizeOf(context) : undefined;
    const start = { assignmentId, container, command: values.command, stdin: interactive, tty };
    return await withCoordinator(values, context, async ({ assignments }) => {
      const stream = assignments.exec();
      const isRaw = tty && input?.setRawMode !== undefined;
      const resized = (): void => {
        const now = sizeOf(context);
        if (now !== undefined) stream.write({ resize: now });
      };
      stream.write({ start: { ...start, ...(size === undefined ? {} : { size }) } });
      try {
        if (isRaw) input.setRawMode?.(true);
        if (tty) context.stdout.on('resize', resized);
        if (input === undefined) stream.end();
        // What was not read when the command ended is nobody's.
        else passOn(input, stream).catch(() => {});
        return await answersOf(stream, context, tty);
      } finally {
        context.stdout.off('resize', resized);
        if (isRaw) input.setRawMode?.(false);
        // An open standard input would keep the program alive.
        input?.destroy?.();
        stream.cancel();
      }
    });
  },
);

/** @returns undefined where it is not known */
function sizeOf({ stdout: { rows, columns } }: CommandContext): TerminalSize | undefined {
  return rows === undefined || columns === undefined ? undefined : { rows, columns };
}

/** Passes input on, no faster than it is taken. */
async function passOn(input: Input, stream: ExecStream): Promise<void> {
  try {
    for await (const chunk of input) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let at = 0; at < data.length; at += maxPiece) {
        const stdin = data.subarray(at, at + maxPiece);
        await new Promise<void>((resolve) => stream.write({ stdin }, () => resolve()));
      }
    }
  } finally {
    stream.end();
  }
}

/** Prints what the command writes. @returns its exit code. @throws ParbakeError why it did not run */
async function answersOf(stream: ExecStream, context: CommandContext, tty: boolean): Promise<number> {
  const { signal, stdout } = context;
  const stop = (): void => stream.cancel();
  signal.addEventListener('abort', stop, { once: true });
  const writer = new OutputWriter(context);
  try {
    for await (const answer of stream as AsyncIterable<ExecResponse__Output>) {
      const { output = null, exit = null } = answer;
      if (exit !== null) {
        writer.end();
        return exit.exitCode;
      }
      if (output === null) continue;
      // A terminal of its own draws on ours.
      if (!tty) await writer.write(output);
      else if (!stdout.write(output.data)) await drained(stdout, signal);
    }
  } catch (cause) {
    if (signal.aborted) return interrupted;
    throw fromStatus(cause);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throw new ParbakeError('INTERNAL', 'the coordinator did not say how the command ended');
}
