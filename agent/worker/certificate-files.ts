import { chmod, mkdir } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OrderCertificate } from '../core/order/order.ts';
import { placeKeyFrom, type PlaceKey } from '../core/order/place-key.ts';
import { writeWhole, type FileOwner } from '../host/durable-file.ts';
import { removeOtherPlaces, removePlace } from './places.ts';

const names = { certificate: 'tls.crt', key: 'tls.key', authorities: 'ca.crt' } as const;

/**
 * Where the certificate of an assignment appears for containers: a directory for each container below `run/parbake/tls`,
 * which is on a tmpfs, mounted into it when it is made. The container's place for files has the same key.
 */
export class CertificateFiles {
  readonly #directory: string;

  /** @param directory on a tmpfs */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes an empty place for one container. */
  async make(key: PlaceKey): Promise<void> {
    // Nobody else gets in from outside; inside, whoever the image's user is has to read.
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await mkdir(this.#place(key));
    await chmod(this.#place(key), 0o755);
  }

  /** Docker's bind mount. @param path in the container */
  bind(key: PlaceKey, path: string): string {
    return `${this.#place(key)}:${path}:ro`;
  }

  /** @param owner the container's user, who alone may read the key. @throws the system's own error */
  write(key: PlaceKey, certificate: OrderCertificate, owner: FileOwner): void {
    writeWhole(join(this.#place(key), names.key), certificate.key, 0o400, owner);
    this.#writePublic(key, certificate);
  }

  /** Replaces the certificate wherever it was given: an instance has one assignment. @throws the system's own error */
  replace(certificate: OrderCertificate): void {
    const places = existsSync(this.#directory) ? readdirSync(this.#directory) : [];
    for (const key of places.flatMap((name) => placeKeyFrom(name) ?? []))
      if (existsSync(join(this.#place(key), names.key))) this.#writePublic(key, certificate);
  }

  async remove(key: PlaceKey): Promise<void> {
    await removePlace(this.#directory, key);
  }

  /** Removes every place that none of these containers has. */
  async removeOthers(keys: ReadonlySet<PlaceKey>): Promise<void> {
    await removeOtherPlaces(this.#directory, keys);
  }

  #writePublic(key: PlaceKey, { chain, authorities }: OrderCertificate): void {
    writeWhole(join(this.#place(key), names.authorities), authorities, 0o444);
    writeWhole(join(this.#place(key), names.certificate), chain, 0o444);
  }

  #place(key: PlaceKey): string {
    return join(this.#directory, key);
  }
}
