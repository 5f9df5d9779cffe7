import { startupSnapshot } from 'node:v8';
import { exitCodes } from '../proto/errors/exit.ts';
import { execute } from '../proto/process/cli/execute.ts';
import type { CommandContext } from '../proto/process/command.ts';
import { main } from '../proto/process/main.ts';
import { packageVersion } from '../proto/process/version.ts';
import { runCommand } from './daemon/run-command.ts';

/** Only the daemon: help, completion and other commands stay out of its memory. */
async function daemon([, ...args]: readonly string[], context: CommandContext): Promise<number> {
  if (args[0] !== '--version') return await execute('parbake-agent', runCommand, args, context);
  context.stdout.write(`${packageVersion()}\n`);
  return exitCodes.done;
}

// While a snapshot is made nothing runs: the process that is started from it does.
if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(() => void main(daemon));
else void main(daemon);
