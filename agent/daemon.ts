import { startupSnapshot } from 'node:v8';
import { main } from '../proto/process/main.ts';
import { runAgent } from './run.ts';
import { runCommand } from './daemon/run-command.ts';

const daemon = runAgent([runCommand]);

// While a snapshot is made nothing runs: the process that is started from it does.
if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(() => void main(daemon));
else void main(daemon);
