import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Builder } from '../testbed/builder.ts';
import { fillIn, type Component, type Step } from './image-builder-component.ts';

/** What the service is given: the component's parameters, and files of this machine by their addresses in S3. */
export interface ComponentInputs {
  component: Component;
  values: Readonly<Record<string, string>>;
  bucket: ReadonlyMap<string, string>;
}

/** Runs a step as the service does. @throws Error when a command of the step fails, which ends the phase */
export async function runStep(machine: Builder, step: Step, inputs: ComponentInputs): Promise<string> {
  const { component, values, bucket } = inputs;
  for (const { source, destination } of step.downloads) {
    const to = join(machine.root, destination);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(bucket.get(fillIn(component, values, source)) ?? '', to);
  }
  const said: string[] = [];
  for (const one of step.commands) said.push(await machine.run('bash', '-c', fillIn(component, values, one)));
  return said.join('');
}

export async function runPhase(machine: Builder, name: string, inputs: ComponentInputs): Promise<string> {
  const said: string[] = [];
  for (const step of inputs.component.phases.get(name) ?? []) said.push(await runStep(machine, step, inputs));
  return said.join('');
}
