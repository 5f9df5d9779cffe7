import { runProgram } from '../proto/process/cli/program.ts';
import { main } from '../proto/process/main.ts';
import { agentProgram } from './program.ts';

/** Milliseconds: a person who pressed Ctrl-C waits. Each command may be killed at any point and run again. */
const cleanUpMs = 1_500;

await main((argv, context) => runProgram(agentProgram, argv, context), { cleanUpMs });
