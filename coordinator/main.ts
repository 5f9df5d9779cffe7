#!/usr/bin/env node
import { main } from '../proto/process/main.ts';
import { run } from './run.ts';

await main(run);
