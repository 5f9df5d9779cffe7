import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readStatus } from './status-socket.ts';

const help = `
Usage: parbake-agent status [--socket PATH] [--json]

What the agent on this instance is doing: its connection, preparation and order.

Options:
  --socket PATH   the agent's socket (default /run/parbake/agent.sock)
  --json          print one JSON document

Example:
  parbake-agent status
`;

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show what the agent on this instance is doing.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake-agent status', args, {
      socket: { type: 'string', default: '/run/parbake/agent.sock' },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length > 0) throw new ParbakeError('USAGE', `status takes no "${positionals[0] ?? ''}"`);
    const status = await readStatus(values.socket);
    const lines = Object.entries(status).map(([name, value]) =>
      `${name.padEnd(18)} ${String(value)}`.trimEnd(),
    );
    context.stdout.write(values.json ? `${JSON.stringify(status)}\n` : `${lines.join('\n')}\n`);
    return exitCodes.done;
  },
};
