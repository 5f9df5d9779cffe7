import { join } from 'node:path';
import type { Logger } from '../../proto/process/log.ts';
import type { Manifest } from '../core/manifest.ts';
import { PassedGates } from '../gate/passed-gates.ts';
import type { Holds } from '../hold/holds.ts';
import type { Root } from '../host/root.ts';

/** What roles need that read their order themselves. @returns undefined where none does: nothing is loaded then */
export async function openHolds(
  manifest: Pick<Manifest, 'roles'> | undefined,
  root: Root,
  { stateDir, gate, logger }: { stateDir: string; gate: string; logger: Logger },
): Promise<Holds | undefined> {
  const { roles = [] } = manifest ?? {};
  if (!roles.some(({ containers }) => containers.some(({ prepare }) => prepare === 'hold'))) return undefined;
  const { Holds } = await import('../hold/holds.ts');
  const record = new PassedGates(join(stateDir, 'passed-holds.json'), logger);
  return new Holds(root.path('/run/parbake/hold'), gate, record);
}
