import { startupSnapshot } from 'node:v8';
import { main } from '../proto/process/main.ts';
import { runAgent } from './run.ts';
import { runCommand } from './session/run-command.ts';

const daemon = runAgent([runCommand]);

/** Made at installation, a startup snapshot is the daemon as it is here, with all of its modules loaded. */
if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(() => void main(daemon));
else void main(daemon);
