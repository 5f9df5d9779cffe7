// Where the package is installed: writes the list for parbake-read-ahead.service, which asks for all parts of files that the
// agent's start needs before the agent would ask for one after the other.
//
//   node parbake-agent-readahead.js LIST PROGRAM [ARG...]
//
// PROGRAM is the agent without a command.
import { reasonOf } from '../proto/errors/cause.ts';
import { exitCodes } from '../proto/errors/exit.ts';
import { main } from '../proto/process/main.ts';
import { writeDurably } from './host/durable-file.ts';
import { listOwnStart } from './replay/own-start.ts';

await main(async ([list, ...program], { env, stderr }) => {
  try {
    if (list === undefined || program.length === 0) throw new Error('usage: LIST PROGRAM [ARG...]');
    const lines = await listOwnStart({ program, env }, import.meta.dirname);
    await writeDurably(list, lines, 0o644);
    return exitCodes.done;
  } catch (cause) {
    stderr.write(`${reasonOf(cause)}\n`);
    return exitCodes.failed;
  }
});
