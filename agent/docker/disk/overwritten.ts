import type { LayerFolder } from './layer-folder.ts';

const whiteout = '.wh.';

/**
 * Which entries of an archive replaced earlier ones of the same archive when it was unpacked. Only the last is on the disk, so
 * the content of those before it cannot be compared with anything.
 */
export class Overwritten {
  readonly #files: LayerFolder;
  /** Number of the last entry for a place. */
  readonly #last = new Map<string, number>();
  /** Number of the last whiteout that removes a place. */
  readonly #removed = new Map<string, number>();

  constructor(files: LayerFolder) {
    this.#files = files;
  }

  /** Notes every entry of the archive. @param position which grows with the entries */
  async add(path: Buffer, position: number): Promise<void> {
    const place = await this.#files.placeOf(path);
    if (place === undefined) return;
    const at = place.lastIndexOf('/') + 1;
    const name = place.slice(at);
    if (name.startsWith(whiteout))
      this.#removed.set(place.slice(0, at) + name.slice(whiteout.length), position);
    else this.#last.set(place, position);
  }

  /** @returns why an entry is not on the disk as it came; undefined when it should be */
  async reason(path: Buffer, position: number): Promise<string | undefined> {
    const text = textOf(path);
    if (/(?:^|\/)\.wh\./.test(text)) return `${text} is a whiteout, which has no content on the disk`;
    const place = await this.#files.placeOf(path);
    if (place === undefined) return `${text} leads through links in a circle`;
    if ((this.#last.get(place) ?? 0) > position) return `its archive has ${text} more than once`;
    const parts = place.split('/');
    for (let length = parts.length; length > 0; length--) {
      const above = parts.slice(0, length).join('/');
      if ((this.#removed.get(above) ?? 0) > position) return `its archive removes ${text} again`;
      const isReplaced = length < parts.length && (this.#last.get(above) ?? 0) > position;
      if (isReplaced && (await this.#files.hasNonDirectory(above)))
        return `its archive replaces a directory above ${text}`;
    }
    return undefined;
  }
}

/** A path of an archive as an error shows it. */
export function textOf(path: Buffer): string {
  return `/${path.toString('utf8').replace(/^(?:\.?\/)+/, '')}`;
}
