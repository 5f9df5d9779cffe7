import { deferred } from '../proto/process/cli/command.ts';
import type { Program } from '../proto/process/cli/declaration.ts';
import { packageVersion } from '../proto/process/version.ts';
import { bakeDeclaration } from './bake/declaration.ts';
import { runDeclaration, statusDeclaration } from './daemon/declarations.ts';
import { readsDeclaration, replayDeclaration } from './replay/declarations.ts';
import { inventoryDeclaration } from './report/inventory-declaration.ts';
import { firstBootDeclaration, scrubDeclaration, verifyDeclaration } from './scrub/declarations.ts';

/** What a command does is loaded when it is called. */
export const agentProgram: Program = {
  name: 'parbake-agent',
  version: packageVersion(),
  summary: 'Bakes container images into a machine image, makes it safe to clone, and runs on every instance.',
  files: {
    '/etc/default/parbake-agent':
      'environment of the daemon, where its settings can stand as PARBAKE_ variables',
    '/usr/lib/parbake/manifest.json': 'what was baked, and the seal',
  },
  commands: [
    deferred(bakeDeclaration, async () => (await import('./bake/command.ts')).bakeCommand),
    deferred(scrubDeclaration, async () => (await import('./scrub/scrub-command.ts')).scrubCommand),
    deferred(verifyDeclaration, async () => (await import('./scrub/verify-command.ts')).verifyCommand),
    deferred(
      firstBootDeclaration,
      async () => (await import('./scrub/first-boot-command.ts')).firstBootCommand,
    ),
    deferred(replayDeclaration, async () => (await import('./replay/command.ts')).replayCommand),
    deferred(readsDeclaration, async () => (await import('./replay/reads-command.ts')).readsCommand),
    // main.ts runs it without this program; here it is listed and explained.
    deferred(runDeclaration, async () => (await import('./daemon/run-command.ts')).runCommand),
    deferred(statusDeclaration, async () => (await import('./daemon/status-command.ts')).statusCommand),
    deferred(
      inventoryDeclaration,
      async () => (await import('./report/inventory-command.ts')).inventoryCommand,
    ),
  ],
};
