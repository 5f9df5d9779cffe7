import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { isFileName } from '../../proto/recipe/order-content.ts';
import { newPlaceKey, placeKeyBytes, type PlaceKey } from '../core/order/place-key.ts';
import { writeWhole } from '../host/durable-file.ts';
import { removeOtherPlaces, removePlace } from './places.ts';

/**
 * Where the files of an order appear for containers: a directory for each container below `run/parbake/files`, which is on
 * a tmpfs, mounted into it when it is made. What an order brings is so there before the container's command runs, and on
 * no disk.
 */
export class OrderFiles {
  readonly #directory: string;

  /** @param directory on a tmpfs */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes an empty place for one container. @returns its key */
  async make(): Promise<PlaceKey> {
    // Nobody else gets in from outside; inside, whoever the image's user is has to read.
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const key = newPlaceKey(randomBytes(placeKeyBytes));
    await mkdir(join(this.#directory, key));
    await chmod(join(this.#directory, key), 0o755);
    return key;
  }

  /** Docker's bind mount. @param path in the container */
  bind(key: PlaceKey, path: string): string {
    return `${join(this.#directory, key)}:${path}:ro`;
  }

  /**
   * A container never sees half a file; those of the same name are replaced.
   * @param files by name
   * @throws ParbakeError REQUEST_INVALID for a name that could lead out of the place
   */
  async write(key: PlaceKey, files: Readonly<Record<string, Buffer>>): Promise<void> {
    const place = join(this.#directory, key);
    const wrong = Object.keys(files).findIndex((name) => !isFileName(name));
    if (wrong >= 0)
      throw new ParbakeError('REQUEST_INVALID', `file ${wrong + 1} of the order has an invalid name`);
    for (const [name, content] of Object.entries(files)) writeWhole(join(place, name), content, 0o444);
  }

  async remove(key: PlaceKey): Promise<void> {
    await removePlace(this.#directory, key);
  }

  /** Removes every place that none of these containers has. */
  async removeOthers(keys: ReadonlySet<PlaceKey>): Promise<void> {
    await removeOtherPlaces(this.#directory, keys);
  }
}
