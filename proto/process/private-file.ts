import { stat } from 'node:fs/promises';
import { ParbakeError } from '../errors/errors.ts';

/** @throws ParbakeError KEY_EXPOSED when anybody but its owner may read or replace it */
export async function refuseExposed(path: string): Promise<void> {
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new ParbakeError(
      'KEY_EXPOSED',
      `others than its owner have access to the key ${path} (mode ${mode.toString(8).padStart(4, '0')})`,
    );
}
