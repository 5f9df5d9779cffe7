import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { EngineFacts } from '../engine.ts';
import type { Root } from '../../host/root.ts';

/** A path of this machine as one below the root; undefined when it is elsewhere. */
export function belowRoot(root: Root, path: string): string | undefined {
  const inside = relative(root.dir, path);
  return inside === '' || inside.startsWith('..') ? undefined : `/${inside}`;
}

/** An Engine in the root's own mount namespace names its data root as the root sees it. */
export function dataRootHere(root: Root, { dataRoot }: Pick<EngineFacts, 'dataRoot'>): string {
  return belowRoot(root, dataRoot) === undefined ? root.path(dataRoot) : dataRoot;
}

/** Where the Engine has its images, on this machine: its data root, or the directory of a containerd of its own or of all. */
export function imageFolder(root: Root, facts: Pick<EngineFacts, 'dataRoot' | 'imageStore'>): string {
  const dataRoot = dataRootHere(root, facts);
  if (facts.imageStore !== 'containerd') return dataRoot;
  const own = join(dataRoot, 'containerd/daemon');
  return existsSync(own) ? own : root.path('/var/lib/containerd');
}

/**
 * An Engine's data root as the manifest has it, below the root. An Engine in the root's own mount namespace names it
 * as the root sees it.
 */
export function dataRootBelow(root: Root, dataRoot: string): string {
  const inside = relative(root.dir, dataRoot);
  return inside === '' || inside.startsWith('..') ? dataRoot : `/${inside}`;
}
