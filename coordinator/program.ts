import type { Program } from '../proto/process/cli/declaration.ts';
import { packageVersion } from '../proto/process/version.ts';
import { caInitCommand, caIssueCommand } from './trust/ca-commands.ts';
import { rotateKeyCommand } from './secrets/rotate-key-command.ts';
import { copyStoreCommand } from './serve/copy-store-command.ts';
import { serveCommand } from './serve/serve-command.ts';

/** The coordinator's program. */
export const coordinatorProgram: Program = {
  name: 'parbake-coordinator',
  version: packageVersion(),
  summary: 'Takes check-ins of agents, and assigns each instance to one user at most.',
  files: {
    '/etc/default/parbake-coordinator':
      'environment of the service, where its settings can stand as PARBAKE_ variables',
    '/var/lib/parbake-coordinator': 'the store of the service',
    '/var/lib/parbake-coordinator-key/store.key':
      'the keys of its store; keep it out of backups of the store',
    '/run/parbake-coordinator/coordinator.sock': 'where members of the group parbake reach the service',
  },
  commands: [serveCommand, caInitCommand, caIssueCommand, rotateKeyCommand, copyStoreCommand],
};
