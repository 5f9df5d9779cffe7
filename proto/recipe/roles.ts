import type { ContainerKeys, RoleKeys } from './keys.ts';
import { readContainer, type RoleReading } from './containers.ts';
import type { ImageList } from './images.ts';
import { nearest } from '../errors/nearest.ts';
import { runsEarly, type ContainerSpec, type Role } from './role.ts';
import type { Read, ReadEntry, SectionReader } from './section.ts';
import type { RecipeSource } from './source.ts';
import { circleIn } from './start-order.ts';

/** A recipe's roles. What does not fit is left out and has a problem in `source`. */
export function readRoles(
  source: RecipeSource,
  entries: readonly ReadEntry<SectionReader<RoleKeys>>[],
  images: ImageList,
): Role[] {
  return entries.map(({ name, value: section }) => {
    const role: Role = {
      name,
      containers: readContainers(source, name, section.read('containers') ?? [], images),
    };
    const onLoss = section.read('on_loss');
    const silentAfterMs = section.read('silent_after');
    if (onLoss !== undefined) role.onLoss = onLoss;
    if (silentAfterMs !== undefined) role.silentAfterMs = silentAfterMs;
    const metadata = section.read('metadata');
    if (metadata !== undefined) role.metadata = metadata;
    if (silentAfterMs !== undefined && onLoss !== 'replace')
      source.problem(section.place('silent_after'), 'silent_after is for a role with "on_loss: replace"');
    return role;
  });
}

function readContainers(
  source: RecipeSource,
  role: string,
  items: readonly Read<SectionReader<ContainerKeys>>[],
  images: ImageList,
): ContainerSpec[] {
  const names = new Set<string>();
  const reading: RoleReading = { images, ports: new Map(), afters: [] };
  const containers: ContainerSpec[] = [];
  for (const { value: section, node } of items) {
    const container = readContainer(source, section, reading);
    if (container === undefined) continue;
    if (names.has(container.name))
      source.problem(node, `role ${role} has two containers named "${container.name}"`);
    names.add(container.name);
    containers.push(container);
  }
  checkOrder(source, role, containers, reading.afters);
  return containers;
}

/** Who comes after whom can be judged once all containers are known. */
function checkOrder(
  source: RecipeSource,
  role: string,
  containers: readonly ContainerSpec[],
  afters: RoleReading['afters'],
): void {
  const before = source.problems.length;
  for (const { container, name, node } of afters) {
    const first = containers.find((each) => each.name === name);
    const names = containers.map((each) => each.name);
    const near = nearest(name, names);
    const hint = near === undefined ? `it has ${names.join(', ')}` : `did you mean "${near}"?`;
    if (name === container.name) source.problem(node, `container "${name}" cannot come after itself`);
    else if (first === undefined)
      source.problem(node, `after names "${name}", which role ${role} does not have; ${hint}`);
    else if (runsEarly(container) && !runsEarly(first))
      source.problem(
        node,
        `with prepare: ${container.prepare} container "${container.name}" runs before the order, and "${name}" (prepare: ${first.prepare}) only with it`,
      );
  }
  if (source.problems.length > before) return;
  const circle = circleIn(containers);
  const [last, again] = circle?.slice(-2) ?? [];
  const closing = afters.find(({ container, name }) => container.name === last && name === again);
  if (circle !== undefined)
    source.problem(closing?.node, `containers wait for each other: ${circle.join(' after ')}`);
}
