import { runProgram } from '../proto/process/cli/program.ts';
import { main } from '../proto/process/main.ts';
import { agentProgram } from './program.ts';

await main((argv, context) => runProgram(agentProgram, argv, context));
