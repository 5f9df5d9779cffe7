import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './run.ts';

/** A coordinator with a mistake in it that somebody could make, which a run has to notice. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
  /** What brings it to light. */
  counts: Counts;
}

/** A place in a file, by the text that is there once, and what it becomes. */
interface Edit {
  file: string;
  from: string;
  to: string;
}

const none: Counts = {
  coordinator: 0,
  postgres: 0,
  callers: 0,
  agents: 0,
  frozenCoordinator: 0,
  frozenAgents: 0,
  partition: 0,
  listeners: 0,
  fullDisk: 0,
};

export const mutants: readonly Mutant[] = [
  {
    name: 'answers before the commit',
    edits: [
      {
        file: 'coordinator/store/sqlite/database.ts',
        from: `      this.#statement('BEGIN IMMEDIATE').run();
      const result = await work();
      this.#statement('COMMIT').run();
      return result;`,
        to: `      if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE');
      const result = await work();
      this.late ??= setTimeout(() => { this.late = undefined; this.#database.exec('COMMIT'); }, 200);
      return result;`,
      },
    ],
    counts: { ...none, coordinator: 4 },
  },
  {
    name: 'forgets the ids of requests',
    edits: [
      {
        file: 'coordinator/store/sql/requests.ts',
        from: '(await repeated(tables, request)) ??',
        to: '(request.requestId += Date.now(), undefined) ??',
      },
    ],
    counts: { ...none, callers: 2 },
  },
  {
    name: 'takes an instance back into its pool',
    edits: [
      {
        file: 'coordinator/core/instance-state.ts',
        from: "stopped: { RELEASING: 'RETIRED' }",
        to: "stopped: { RELEASING: 'READY' }",
      },
    ],
    counts: { ...none, agents: 2 },
  },
  {
    name: 'leaves the generation as it is at a release',
    edits: [
      {
        file: 'coordinator/store/sql/endings.ts',
        from: 'holdStop(assignmentId, true) };\n  await instances.raiseGeneration(instanceId);',
        to: 'holdStop(assignmentId, true) };',
      },
    ],
    counts: { ...none, agents: 2 },
  },
  {
    name: 'passes over events when many wait',
    edits: [
      {
        file: 'coordinator/api/watch-events.ts',
        from: 'const upTo = found.length < together ? Math.max(newest, cursor)',
        to: 'const upTo = found.length > 0 ? Math.max(newest, cursor)',
      },
      { file: 'coordinator/api/watch-events.ts', from: 'const together = 200;', to: 'const together = 5;' },
    ],
    counts: { ...none, agents: 2 },
  },
  {
    name: 'never says an order that an agent has missed',
    edits: [
      {
        file: 'coordinator/fleet/dispatcher.ts',
        from: 'session.send(tenancy);\n    this.#outcomes.claimed(claimed);\n    this.#changes.instanceChanged(instanceId);\n    return session;',
        to: 'this.#outcomes.claimed(claimed);\n    this.#changes.instanceChanged(instanceId);\n    return session;',
      },
      {
        file: 'coordinator/fleet/dispatcher.ts',
        from: "if (tenancy.instance.generation > session.generation || tenancy.instance.state === 'RETIRED')",
        to: "if (tenancy.instance.state === 'RETIRED')",
      },
      {
        file: 'coordinator/fleet/sweeper.ts',
        from: 'outcomes.deliverMissed(await store.behind());',
        to: '',
      },
    ],
    counts: { ...none, agents: 4 },
  },
];

const root = join(import.meta.dirname, '../..');

/** Copies the sources of the coordinator with the mutant's mistake into a directory. @returns its program */
export function plant({ name, edits }: Mutant, directory: string): string {
  for (const part of ['coordinator', 'proto', 'package.json'])
    cpSync(join(root, part), join(directory, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const { file, from, to } of edits) {
    const text = readFileSync(join(directory, file), 'utf8');
    if (text.split(from).length !== 2)
      throw new Error(`${file} does not have the place of "${name}" once: ${from}`);
    writeFileSync(
      join(directory, file),
      text.replace(from, () => to),
    );
  }
  return join(directory, 'coordinator/main.ts');
}
