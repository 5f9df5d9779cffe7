import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { placeKeyFrom, type PlaceKey } from '../core/order/place-key.ts';

// Directories on a tmpfs in which each container has a place, named by a key.

export async function removePlace(directory: string, key: PlaceKey): Promise<void> {
  await rm(join(directory, key), { recursive: true, force: true });
}

/** Removes every place that none of these containers has. */
export async function removeOtherPlaces(directory: string, keys: ReadonlySet<PlaceKey>): Promise<void> {
  const found = await readdir(directory).catch(() => []);
  const others = found.flatMap((name) => placeKeyFrom(name) ?? []).filter((key) => !keys.has(key));
  await Promise.all(others.map((key) => removePlace(directory, key)));
}
