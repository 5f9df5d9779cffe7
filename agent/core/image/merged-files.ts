/** One entry of a layer's archive, as far as it decides which files a container sees. */
export type LayerEntry = { path: string } & (
  | { type: 'file'; sha256: string }
  | { type: 'directory' | 'other' }
  | { type: 'symlink' | 'hardlink'; target: string }
);

/**
 * How an Engine unpacks a path that leads through a symbolic link of a lower layer. One that unpacks a layer on top of those
 * below follows the link; one that unpacks each layer into a directory of its own makes a directory in its place. A link
 * of the same layer is always followed.
 */
export type LowerLinks = 'followed' | 'replaced';

const whiteout = '.wh.';
/** Marks of AUFS in an archive, which no Engine unpacks. */
const aufsPrefix = `${whiteout}${whiteout}`;
/** As in the kernel, so that a circle ends. */
const maxLinks = 40;

interface TreeNode {
  /** Number of the uppermost layer that has it. */
  layer: number;
  /** SHA-256, hex, of a regular file. */
  sha256?: string;
  /** Target of a symbolic link. */
  target?: string;
  /** What a directory has in it; absent for everything else. */
  children?: Map<string, TreeNode>;
}

/** The files that a container sees once the layers of its image lie on each other. */
export class MergedFiles {
  readonly #lowerLinks: LowerLinks;
  readonly #root: TreeNode & { children: Map<string, TreeNode> } = { layer: 0, children: new Map() };
  #layer = 0;
  /** Where the last file came, for as long as nothing else changed the tree. */
  #last: { parent: string; folder: TreeNode | undefined } | undefined;

  constructor(lowerLinks: LowerLinks) {
    this.#lowerLinks = lowerLinks;
  }

  /** Adds the next layer. @param entries in the order of its archive */
  add(entries: Iterable<LayerEntry>): void {
    this.#layer++;
    this.#last = undefined;
    for (const entry of entries) {
      if (this.#replaceFile(entry)) continue;
      this.#last = undefined;
      const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.');
      const name = parts.pop();
      if (name === undefined) continue;
      if (name === `${aufsPrefix}.opq`) this.#hideLower(this.#folderAt(parts));
      else if (parts[0]?.startsWith(aufsPrefix) || name.startsWith(aufsPrefix)) continue;
      else if (name.startsWith(whiteout)) this.#remove(this.#folderAt(parts), name.slice(whiteout.length));
      else {
        const folder = this.#folderAt(parts);
        this.#put(folder, name, entry);
        const parent = parts.join('/');
        // Only such a path is the same text as the one that its neighbours in the archive begin with.
        if (entry.type === 'file' && entry.path === (parent === '' ? name : `${parent}/${name}`))
          this.#last = { parent, folder };
      }
    }
  }

  /**
   * Most entries are files beside each other, and a hundred layers may have them again and again. The way to their directory is found
   * once.
   */
  #replaceFile(entry: LayerEntry): boolean {
    if (entry.type !== 'file' || this.#last === undefined) return false;
    const { path, sha256 } = entry;
    const { parent, folder } = this.#last;
    const slash = path.lastIndexOf('/');
    if (slash !== (parent === '' ? -1 : parent.length) || !path.startsWith(parent)) return false;
    const name = path.slice(slash + 1);
    if (name === '' || name === '.' || name.startsWith(whiteout)) return false;
    const before = folder?.children?.get(name);
    if (before === undefined) folder?.children?.set(name, { layer: this.#layer, sha256 });
    else if (before.sha256 === undefined) return false;
    else {
      before.layer = this.#layer;
      before.sha256 = sha256;
    }
    return true;
  }

  /** SHA-256, hex, of each regular file, by its path without links. */
  files(): Map<string, string> {
    const result = new Map<string, string>();
    const pending: { path: string; node: TreeNode }[] = [{ path: '', node: this.#root }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { path, node } = next;
      if (node.sha256 !== undefined) result.set(path, node.sha256);
      for (const [name, child] of node.children ?? [])
        pending.push({ path: path === '' ? name : `${path}/${name}`, node: child });
    }
    return result;
  }

  #put(folder: TreeNode | undefined, name: string, entry: LayerEntry): void {
    const layer = this.#layer;
    const before = folder?.children?.get(name);
    if (folder?.children === undefined) return;
    if (entry.type === 'directory' && before?.children !== undefined) before.layer = layer;
    else folder.children.set(name, this.#nodeOf(entry));
  }

  #nodeOf(entry: LayerEntry): TreeNode {
    const layer = this.#layer;
    switch (entry.type) {
      case 'file':
        return { layer, sha256: entry.sha256 };
      case 'directory':
        return { layer, children: new Map() };
      case 'symlink':
        return { layer, target: entry.target };
      case 'hardlink':
        return { ...this.#find(entry.target), layer };
      case 'other':
        return { layer };
    }
  }

  /** What a hard link leads to: another name of a file, or of a symbolic link itself. */
  #find(path: string): Pick<TreeNode, 'sha256' | 'target'> {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    const name = parts.pop() ?? '';
    const { sha256, target } = this.#folderAt(parts)?.children?.get(name) ?? {};
    if (sha256 !== undefined) return { sha256 };
    return target === undefined ? {} : { target };
  }

  /** The directory that a path leads to, made where there is none. @returns undefined where links lead in a circle */
  #folderAt(parts: readonly string[]): TreeNode | undefined {
    const pending = parts.toReversed();
    const trail: (TreeNode & { children: Map<string, TreeNode> })[] = [this.#root];
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === '' || name === '.') continue;
      const here = trail.at(-1) ?? this.#root;
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const child = here.children.get(name);
      if (child?.target !== undefined && this.#follows(child)) {
        if (++links > maxLinks) return undefined;
        if (child.target.startsWith('/')) trail.length = 1;
        for (const part of child.target.split('/').reverse()) pending.push(part);
        continue;
      }
      const children = child?.children ?? new Map<string, TreeNode>();
      const folder = child?.children === undefined ? { layer: this.#layer, children } : child;
      here.children.set(name, folder);
      trail.push(Object.assign(folder, { children }));
    }
    return trail.at(-1);
  }

  #follows(link: TreeNode): boolean {
    return this.#lowerLinks === 'followed' || link.layer === this.#layer;
  }

  #remove(folder: TreeNode | undefined, name: string): void {
    const node = folder?.children?.get(name);
    if (node === undefined) return;
    this.#hideLower(node);
    // A whiteout hides what lower layers have, whatever its own layer has under the name.
    if (node.layer < this.#layer && !node.children?.size) folder?.children?.delete(name);
  }

  #hideLower(folder: TreeNode | undefined): void {
    for (const [name, child] of folder?.children ?? []) {
      if (child.children !== undefined) this.#hideLower(child);
      if (child.layer < this.#layer && !child.children?.size) folder?.children?.delete(name);
    }
  }
}
