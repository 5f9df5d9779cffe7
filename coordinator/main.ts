#!/usr/bin/env node
import { runProgram } from '../proto/process/cli/program.ts';
import { main } from '../proto/process/main.ts';
import { coordinatorProgram } from './program.ts';

await main((argv, context) => runProgram(coordinatorProgram, argv, context));
