import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Root } from './root.ts';

/** Placeholders of firmware that was never given an id. */
const blank = /^[0f-]*$/i;

/**
 * What tells this machine from every other one, from its firmware: an EC2 instance's id where it is there (Nitro has it as
 * the board's asset tag), else the system's UUID. Known before there is a network, and the same until the machine is gone.
 * @returns a hash, which can be compared and nothing else
 * @throws ParbakeError MACHINE_UNKNOWN
 */
export async function machineFingerprint(root: Root): Promise<string> {
  const assetTag = await readDmi(root, 'board_asset_tag');
  const uuid = (await readDmi(root, 'product_uuid')).toLowerCase();
  const name = /^i-[0-9a-f]+$/.test(assetTag) ? assetTag : blank.test(uuid) ? undefined : uuid;
  if (name === undefined)
    throw new ParbakeError(
      'MACHINE_UNKNOWN',
      `the firmware does not say which machine this is (${root.path('/sys/class/dmi/id')})`,
    );
  return createHash('sha256').update(`parbake machine ${name}`).digest('hex');
}

/** Empty when the firmware does not have it, or only root may read it. */
async function readDmi(root: Root, name: string): Promise<string> {
  return (await readFile(root.path(`/sys/class/dmi/id/${name}`), 'utf8').catch(() => '')).trim();
}
