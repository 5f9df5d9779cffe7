import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gatePath } from '../../agent/gate/places.ts';
import { buildGate } from '../../packaging/dev/gate-build.ts';

/** Puts the gate into an image's root, as the package does. */
export async function installGate(root: string): Promise<void> {
  const target = join(root, gatePath);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(await buildGate(), target);
}
