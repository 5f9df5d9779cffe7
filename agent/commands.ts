import type { DeferredCommand } from '../proto/process/command.ts';
import { main } from '../proto/process/main.ts';
import { runAgent } from './run.ts';

/** Each is loaded when it is called; `run`, which `main.ts` calls by itself, is here to be listed. */
const commands: readonly DeferredCommand[] = [
  {
    name: 'bake',
    summary: 'Pull and check the images of a recipe, and write the manifest.',
    load: async () => (await import('./bake/command.ts')).bakeCommand,
  },
  {
    name: 'scrub',
    summary: 'Remove what makes clones collide or leaks, check, and seal.',
    load: async () => (await import('./scrub/scrub-command.ts')).scrubCommand,
  },
  {
    name: 'verify',
    summary: 'Is this image sealed? Names what leaked.',
    load: async () => (await import('./scrub/verify-command.ts')).verifyCommand,
  },
  {
    name: 'first-boot',
    summary: 'Before Docker starts: drop the identity of the machine that this disk was copied from.',
    load: async () => (await import('./scrub/first-boot-command.ts')).firstBootCommand,
  },
  {
    name: 'replay',
    summary: 'Reads ahead what was recorded at bake.',
    load: async () => (await import('./replay/command.ts')).replayCommand,
  },
  {
    name: 'reads',
    summary: 'Compare what a start read with what was recorded for it.',
    load: async () => (await import('./replay/reads-command.ts')).readsCommand,
  },
  {
    name: 'run',
    summary: 'The daemon: check in, prepare, run what is assigned, report.',
    load: async () => (await import('./daemon/run-command.ts')).runCommand,
  },
  {
    name: 'status',
    summary: 'Show what the agent on this instance is doing.',
    load: async () => (await import('./daemon/status-command.ts')).statusCommand,
  },
  {
    name: 'inventory',
    summary: 'Show what this machine is made of.',
    load: async () => (await import('./report/inventory-command.ts')).inventoryCommand,
  },
];

await main(runAgent(commands));
