import { command } from '../../proto/process/cli/command.ts';
import { statusDeclaration } from './declarations.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readStatus } from './status-socket.ts';

export const statusCommand = command(statusDeclaration, async (values, context) => {
  const status = await readStatus(values.socket);
  const lines = Object.entries(status).map(([name, value]) =>
    `${name.padEnd(18)} ${String(value)}`.trimEnd(),
  );
  context.stdout.write(values.json ? `${JSON.stringify(status)}\n` : `${lines.join('\n')}\n`);
  return exitCodes.done;
});
