import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { count, flag, preset, required, short, text } from '../../proto/process/cli/options.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { OutputWriter } from './output-writer.ts';

const { json: _json, ...connection } = connectionOptions;

export const logsCommand = command(
  {
    name: 'logs',
    summary: "Print what an assignment's container has printed.",
    description:
      'Prints the log of a container, its standard output on ours and its standard error on ours. On a terminal, control characters are shown and not carried out; a file or a program gets the bytes as they are. The coordinator writes down who reads a log, and nothing of what is in it.',
    options: {
      follow: short('f', flag('go on with what it prints until it stops, or until Ctrl-C')),
      tail: preset(count('begin with the last N lines', { min: 1, max: 100_000 }), 1_000),
      container: preset(text('NAME', 'which container, where the role has several'), ''),
      ...connection,
    },
    positionals: { assignment: required(text('ASSIGNMENT', 'assignment id')) },
    examples: ['parbake logs as-5f0c2a31 -f', 'parbake logs as-5f0c2a31 --container db --tail 50'],
    settingsFile,
  },
  async (values, context) => {
    const { assignment: assignmentId, container, follow, tail } = values;
    const { signal } = context;
    const writer = new OutputWriter(context);
    await withCoordinator(values, context, async ({ assignments }) => {
      const request = { assignmentId, container, follow, tail };
      for await (const { output } of assignments.streamLogs(request, { signal }))
        if (output !== null) await writer.write(output);
    });
    writer.end();
    return exitCodes.done;
  },
);
