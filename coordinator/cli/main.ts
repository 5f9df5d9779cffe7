#!/usr/bin/env node
import { runProgram } from '../../proto/process/cli/program.ts';
import { main } from '../../proto/process/main.ts';
import { operatorProgram } from './program.ts';

await main((argv, context) => runProgram(operatorProgram, argv, context));
