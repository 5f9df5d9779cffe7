import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../testbed/command.ts';
import { cloneRoot, type Engine } from '../testbed/engine.ts';
import { agentProgram, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { getInstance } from './calls.ts';

/**
 * Makes a machine image of a builder's disk: bakes what the recipe says, and scrubs, which ends its Docker.
 * @param recipe its text
 * @param consents options of scrub beside --yes
 */
export async function makeMachineImage(
  testbed: Testbed,
  { root }: Engine,
  recipe: string,
  consents: readonly string[] = [],
): Promise<void> {
  const file = join(testbed.directory, 'parbake.yaml');
  writeFileSync(file, recipe);
  await command(process.execPath, [agentProgram, 'bake', '--recipe', file, '--root', root]);
  await command(process.execPath, [agentProgram, 'scrub', '--yes', ...consents, '--root', root]);
}

/** A machine that was launched from the image that a builder's disk became: an Engine on a copy of it. */
export async function launchClone(
  testbed: Testbed,
  builder: Pick<Engine, 'root'>,
  name: string,
  options: Parameters<Testbed['startEngine']>[0] = {},
): Promise<Engine> {
  const root = join(testbed.directory, name);
  await cloneRoot(builder.root, root);
  return await testbed.startEngine({ ...options, root });
}

/** Waits until an instance is in its pool. @throws Error with its state and the agent's log when it does not get there */
export async function untilReady(
  { clients }: Pick<Coordinator, 'clients'>,
  instanceId: string,
  agent: Started | undefined,
): Promise<void> {
  let last: unknown;
  await waitFor(`${instanceId} to be ready`, async () => {
    if (agent?.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
    const found = await getInstance(clients, instanceId).catch(() => undefined);
    last = found;
    return found?.state === 'INSTANCE_STATE_READY' && found.connected;
  }).catch((cause: unknown) => {
    const state = JSON.stringify(last);
    throw new Error(`${instanceId} is not ready: ${state}\n${agent?.log() ?? ''}`, { cause });
  });
}
