import { main } from '../proto/process/main.ts';
import { runAgent } from './run.ts';
import { runCommand } from './session/run-command.ts';

await main(runAgent([runCommand]));
