/** What a container says of its place in the order of starts. */
interface Ordered {
  name: string;
  /** Names of containers of the same role that have to be ready before it starts. */
  after?: readonly string[];
}

/** Whether a container has to wait. Names that the role does not have hold up nobody. */
export function isHeldUp<T extends Ordered>(
  { after = [] }: T,
  containers: readonly T[],
  isUp: (container: T) => boolean,
): boolean {
  return containers.some((each) => after.includes(each.name) && !isUp(each));
}

/** @returns the names of a circle of containers that wait for each other, the first one again at its end */
export function circleIn(containers: readonly Ordered[]): string[] | undefined {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const isClear = new Set<string>();
  const search = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (isClear.has(name)) return undefined;
    for (const next of byName.get(name)?.after ?? []) {
      const found = search(next, [...path, name]);
      if (found !== undefined) return found;
    }
    isClear.add(name);
    return undefined;
  };
  for (const { name } of containers) {
    const found = search(name, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Starts all containers, each once those that it comes after are up, and otherwise at the same time.
 * @param start resolves when a container is up
 * @throws what the first failing start throws; whoever comes after it is not started
 */
export async function startInOrder<T extends Ordered>(
  containers: readonly T[],
  start: (container: T) => Promise<void>,
): Promise<void> {
  const starting = new Map<string, Promise<void>>();
  const begin = (container: T): Promise<void> => {
    const known = starting.get(container.name);
    if (known !== undefined) return known;
    const before = containers.filter(({ name }) => container.after?.includes(name));
    const begun = Promise.all(before.map(begin)).then(() => start(container));
    starting.set(container.name, begun);
    return begun;
  };
  await Promise.all(containers.map(begin));
}
