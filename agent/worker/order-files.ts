import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../host/durable-file.ts';

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
  async make(): Promise<string> {
    // Nobody else gets in from outside; inside, whoever the image's user is has to read.
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const key = randomBytes(6).toString('hex');
    await mkdir(join(this.#directory, key));
    await chmod(join(this.#directory, key), 0o755);
    return key;
  }

  /** Docker's bind mount. @param path in the container */
  bind(key: string, path: string): string {
    return `${join(this.#directory, key)}:${path}:ro`;
  }

  /** A container never sees half a file; those of the same name are replaced. @param files by name */
  async write(key: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
    const place = join(this.#directory, key);
    for (const [name, content] of Object.entries(files))
      await writeDurably(join(place, name), content, 0o444);
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.#directory, key), { recursive: true, force: true });
  }

  /** Removes every place that none of these containers has. */
  async removeOthers(keys: ReadonlySet<string>): Promise<void> {
    const found = await readdir(this.#directory).catch(() => []);
    await Promise.all(found.filter((key) => !keys.has(key)).map((key) => this.remove(key)));
  }
}
