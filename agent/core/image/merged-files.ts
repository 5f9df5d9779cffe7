/** The paths of one layer. Its whiteouts hide only what lower layers have. */
export interface LayerFiles {
  /** SHA-256, hex, of a regular file's content; `directory` for a directory, `noContent` for anything else. */
  entries: Map<string, string>;
  /** Paths that it removes, with everything below them. */
  removed: Set<string>;
  /** Directories that hide whatever lower layers have in them. */
  opaque: Set<string>;
}

export const noContent = '-';

const whiteout = '.wh.';

export function emptyLayer(): LayerFiles {
  return { entries: new Map(), removed: new Set(), opaque: new Set() };
}

/** @param content as in `LayerFiles` */
export function addEntry(layer: LayerFiles, path: string, content: string): void {
  const slash = path.lastIndexOf('/');
  const folder = slash < 0 ? '' : path.slice(0, slash);
  const name = path.slice(slash + 1);
  if (name === `${whiteout}${whiteout}.opq`) layer.opaque.add(folder);
  else if (name.startsWith(whiteout)) layer.removed.add(join(folder, name.slice(whiteout.length)));
  else layer.entries.set(path, content);
}

/** Returns the regular files that a container sees, by path. @param layers from the base up */
export function mergedFiles(layers: readonly LayerFiles[]): Map<string, string> {
  const seen = new Map<string, string>();
  for (const { entries, removed, opaque } of layers) {
    for (const path of [...seen.keys()]) {
      const above = foldersOf(path);
      const isGone = removed.has(path) || above.some((folder) => removed.has(folder) || opaque.has(folder));
      // A file or a link that replaces a directory hides what was in it.
      const isHidden = above.some((folder) => entries.has(folder) && entries.get(folder) !== 'directory');
      if (isGone || isHidden) seen.delete(path);
    }
    for (const [path, content] of entries) {
      if (content === noContent || content === 'directory') seen.delete(path);
      else seen.set(path, content);
    }
  }
  return seen;
}

/** Returns every directory above a path, and the root as an empty text. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
