import type { Node } from 'yaml';
import { localName, parseImageRef } from './image-ref.ts';
import { nearest } from './nearest.ts';
import type { Entry, RecipeSource } from './source.ts';
import {
  lossPolicies,
  prepareLevels,
  type ContainerSpec,
  type LossPolicy,
  type PrepareLevel,
  type Readiness,
  type RestartPolicy,
  type Role,
} from './role.ts';
import { parseDuration } from './duration.ts';
import { parseRestart } from './restart.ts';
import { circleIn } from './start-order.ts';
import type { ImageList } from './images.ts';

/** Names travel in DNS names, labels and container names, so they are DNS labels. */
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const nameRule = '1 to 63 lower-case letters, digits and hyphens, none at either end';
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The agent sets these itself. */
const reservedPrefix = 'PARBAKE_';

const defaultTimeoutSeconds = 60;
const maxTimeoutSeconds = 3600;
/** Below a minute a network that hiccups would move users. */
const minSilenceMs = 60_000;
const maxSilenceMs = 86_400_000;

const containerKeys =
  'name image prepare ports ready user_env files after stop_timeout init read_only restart essential'.split(
    ' ',
  );

/** What of a role is needed to read one of its containers. */
interface RoleReading {
  images: ImageList;
  /** Owners of ports. */
  ports: Map<number, string>;
  /** Where each name in an `after` stands. */
  afters: { container: ContainerSpec; name: string; node: Node }[];
}

/** The recipe's `roles`. What does not fit is left out and has a problem in `source`. */
export function parseRoles(source: RecipeSource, node: Node | undefined, images: ImageList): Role[] {
  const roles: Role[] = [];
  for (const entry of source.entries(node, 'roles') ?? []) {
    if (!namePattern.test(entry.key))
      source.problem(entry.keyNode, `"${entry.key}" is not a role name: ${nameRule}`);
    const what = `role ${entry.key}`;
    const entries = source.mapping(entry.value ?? entry.keyNode, what, [
      'containers',
      'on_loss',
      'silent_after',
    ]);
    if (entries === undefined) continue;
    const onLoss = readOnLoss(source, entries.get('on_loss')?.value);
    const silentAfterMs = readSilentAfter(source, entries.get('silent_after')?.value);
    roles.push({
      name: entry.key,
      containers: readContainers(source, entry, entries.get('containers')?.value, images),
      ...(onLoss === undefined ? {} : { onLoss }),
      ...(silentAfterMs === undefined ? {} : { silentAfterMs }),
    });
  }
  return roles;
}

function readOnLoss(source: RecipeSource, node: Node | undefined): LossPolicy | undefined {
  const text = node === undefined ? undefined : source.text(node, 'on_loss');
  const policy = lossPolicies.find((known) => known === text);
  if (text !== undefined && policy === undefined)
    source.problem(node, `on_loss "${text}" is not one of ${lossPolicies.join(', ')}`);
  return policy;
}

function readSilentAfter(source: RecipeSource, node: Node | undefined): number | undefined {
  const text = node === undefined ? undefined : source.text(node, 'silent_after');
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms !== undefined && ms >= minSilenceMs && ms <= maxSilenceMs) return ms;
  source.problem(node, 'silent_after must be a duration from 60s to 24h, such as 90s or 5m');
  return undefined;
}

function readRestart(source: RecipeSource, node: Node | undefined): RestartPolicy | undefined {
  const text = node === undefined ? undefined : source.text(node, 'restart');
  const policy = text === undefined ? undefined : parseRestart(text);
  if (text !== undefined && policy === undefined)
    source.problem(node, `restart "${text}" is not one of no, on-failure, on-failure:N, always`);
  return policy;
}

function readContainers(
  source: RecipeSource,
  role: Entry,
  node: Node | undefined,
  images: ImageList,
): ContainerSpec[] {
  const what = `role ${role.key}`;
  if (node === undefined) {
    source.problem(role.keyNode, `${what} has no containers`);
    return [];
  }
  const items = source.sequence(node, `containers of ${what}`) ?? [];
  const names = new Set<string>();
  const reading: RoleReading = { images, ports: new Map(), afters: [] };
  const containers: ContainerSpec[] = [];
  for (const item of items) {
    const container = readContainer(source, item, reading);
    if (container === undefined) continue;
    if (names.has(container.name))
      source.problem(item, `${what} has two containers named "${container.name}"`);
    names.add(container.name);
    containers.push(container);
  }
  if (items.length === 0) source.problem(node, `${what} has no containers`);
  checkOrder(source, what, containers, reading.afters);
  return containers;
}

/** Who comes after whom can be judged once all containers are known. */
function checkOrder(
  source: RecipeSource,
  what: string,
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
      source.problem(node, `after names "${name}", which ${what} does not have; ${hint}`);
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

/** Whether its program runs before anybody orders it. */
function runsEarly({ prepare }: ContainerSpec): boolean {
  return prepare === 'start' || prepare === 'pause';
}

function readContainer(
  source: RecipeSource,
  node: Node,
  { images, ports, afters }: RoleReading,
): ContainerSpec | undefined {
  const entries = source.mapping(node, 'the container', containerKeys);
  if (entries === undefined) return undefined;
  const value = (key: string): Node | undefined => entries.get(key)?.value;
  const name = readName(source, node, value('name'));
  const image = readImageName(source, node, value('image'), images);
  const files = value('files') === undefined ? undefined : readPath(source, value('files'));
  const container = {
    prepare: value('prepare') === undefined ? 'gate' : readPrepare(source, value('prepare')),
    ports: readPorts(source, value('ports'), name ?? '', ports),
    ready: value('ready') === undefined ? ({ kind: 'started' } as const) : readReady(source, value('ready')),
    userEnv: readUserEnv(source, value('user_env')),
  } satisfies Partial<ContainerSpec>;
  // Their program runs before anybody has it, so nothing of a user can get into its environment.
  if ((container.prepare === 'start' || container.prepare === 'pause') && container.userEnv.length > 0)
    source.problem(
      value('user_env') ?? node,
      `with prepare: ${container.prepare} the program runs before its user is known and takes no user_env; use gate`,
    );
  const stopTimeout = value('stop_timeout');
  const stopTimeoutSeconds =
    stopTimeout && source.integer(stopTimeout, 'stop_timeout, in seconds,', 0, maxTimeoutSeconds);
  const isTrue = (key: string): boolean => {
    const given = value(key);
    return given !== undefined && source.boolean(given, key) === true;
  };
  const after = readAfter(source, value('after'));
  const hasInit = isTrue('init');
  const isReadOnly = isTrue('read_only');
  const restart = readRestart(source, value('restart'));
  const essential = value('essential') && source.boolean(value('essential'), 'essential');
  if (name === undefined) return undefined;
  const spec: ContainerSpec = {
    ...{ name, image: image ?? '', ...container },
    ...(files === undefined ? {} : { files }),
    ...(after.length === 0 ? {} : { after: after.map((each) => each.name) }),
    ...(stopTimeoutSeconds === undefined ? {} : { stopTimeoutSeconds }),
    ...(hasInit ? { init: true } : {}),
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(restart === undefined ? {} : { restart }),
    ...(essential === undefined ? {} : { essential }),
  };
  afters.push(...after.map((each) => ({ container: spec, ...each })));
  return spec;
}

function readAfter(source: RecipeSource, node: Node | undefined): { name: string; node: Node }[] {
  const names: { name: string; node: Node }[] = [];
  for (const item of node === undefined ? [] : (source.sequence(node, 'after') ?? [])) {
    const name = source.text(item, 'the name of a container');
    if (name === undefined) continue;
    if (names.some((each) => each.name === name)) source.problem(item, `after names "${name}" twice`);
    else names.push({ name, node: item });
  }
  return names;
}

function readName(source: RecipeSource, container: Node, node: Node | undefined): string | undefined {
  if (node === undefined) {
    source.problem(container, 'the container has no name');
    return undefined;
  }
  const name = source.text(node, 'name');
  if (name !== undefined && !namePattern.test(name))
    source.problem(node, `"${name}" is not a container name: ${nameRule}`);
  return name;
}

/** The reference as `images` has it, so that it is the one under which the image is tagged. */
function readImageName(
  source: RecipeSource,
  container: Node,
  node: Node | undefined,
  images: ImageList,
): string | undefined {
  if (node === undefined) {
    source.problem(container, 'the container has no image');
    return undefined;
  }
  const text = source.text(node, 'image');
  if (text === undefined) return undefined;
  const parsed = parseImageRef(text);
  if (!parsed.ok) {
    source.problem(node, `"${text}" is not an image reference: ${parsed.reason}`);
    return undefined;
  }
  const listed = images.refs.get(localName(parsed.ref));
  if (listed === undefined && images.complete) {
    const near = nearest(text, [...images.refs.values()]);
    const hint = near === undefined ? 'add it there' : `did you mean "${near}"?`;
    source.problem(node, `image "${text}" is not listed in images; ${hint}`);
  }
  return listed;
}

function readPrepare(source: RecipeSource, node: Node | undefined): PrepareLevel {
  const text = source.text(node, 'prepare');
  const level = prepareLevels.find((known) => known === text);
  if (level === undefined && text !== undefined)
    source.problem(node, `prepare "${text}" is not one of ${prepareLevels.join(', ')}`);
  return level ?? 'gate';
}

/** Ports are published under their own number, so one instance has each only once. */
function readPorts(
  source: RecipeSource,
  node: Node | undefined,
  container: string,
  taken: Map<number, string>,
): number[] {
  const ports: number[] = [];
  for (const item of node === undefined ? [] : (source.sequence(node, 'ports') ?? [])) {
    const port = source.integer(item, 'a port', 1, 65_535);
    if (port === undefined) continue;
    const owner = taken.get(port);
    if (owner === undefined) ports.push(port);
    else source.problem(item, `port ${port} is already published by container "${owner}" of this role`);
    taken.set(port, container);
  }
  return ports;
}

function readUserEnv(source: RecipeSource, node: Node | undefined): string[] {
  const names = new Set<string>();
  for (const item of node === undefined ? [] : (source.sequence(node, 'user_env') ?? [])) {
    const name = source.text(item, 'a variable name');
    if (name === undefined) continue;
    if (!variablePattern.test(name))
      source.problem(item, `"${name}" is not the name of an environment variable`);
    else if (name.startsWith(reservedPrefix)) source.problem(item, `${name} is set by Parbake itself`);
    else if (names.has(name)) source.problem(item, `${name} is listed twice`);
    names.add(name);
  }
  return [...names];
}

function readPath(source: RecipeSource, node: Node | undefined): string | undefined {
  const path = source.text(node, 'files');
  if (path === undefined) return undefined;
  const parts = path.split('/').slice(1);
  const isPlain = path.startsWith('/') && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain) source.problem(node, `files must be an absolute path of a directory, not "${path}"`);
  return path;
}

function readReady(source: RecipeSource, node: Node | undefined): Readiness {
  const unknown: Readiness = { kind: 'started' };
  const entries = source.mapping(node, 'ready', ['http', 'tcp', 'log', 'timeout']);
  if (entries === undefined) return unknown;
  const timeout = entries.get('timeout')?.value;
  const seconds =
    timeout === undefined
      ? defaultTimeoutSeconds
      : (source.integer(timeout, 'timeout, in seconds,', 1, maxTimeoutSeconds) ?? defaultTimeoutSeconds);
  const checks = [...entries.values()].filter((entry) => entry.key !== 'timeout');
  const [check] = checks;
  if (check === undefined || checks.length > 1) {
    source.problem(node, 'ready must have exactly one of http, tcp and log');
    return unknown;
  }
  return readCheck(source, check, seconds * 1000) ?? unknown;
}

function readCheck(source: RecipeSource, check: Entry, timeoutMs: number): Readiness | undefined {
  if (check.key === 'log') {
    const pattern = source.text(check.value, 'log');
    if (pattern !== undefined && !isPattern(pattern))
      source.problem(check.value, `"${pattern}" is not a regular expression`);
    return pattern === undefined ? undefined : { kind: 'log', pattern, timeoutMs };
  }
  const isHttp = check.key === 'http';
  const entries = source.mapping(
    check.value ?? check.keyNode,
    check.key,
    isHttp ? ['port', 'path'] : ['port'],
  );
  if (entries === undefined) return undefined;
  const portNode = entries.get('port')?.value;
  if (portNode === undefined) {
    source.problem(check.keyNode, `${check.key} has no port`);
    return undefined;
  }
  const port = source.integer(portNode, 'port', 1, 65_535);
  const pathNode = entries.get('path')?.value;
  const path = pathNode === undefined ? '/' : source.text(pathNode, 'path');
  if (path !== undefined && !/^\/[\x21-\x7e]*$/.test(path))
    source.problem(pathNode, 'path must begin with a slash and hold no blanks');
  if (port === undefined || path === undefined) return undefined;
  return isHttp ? { kind: 'http', port, path, timeoutMs } : { kind: 'tcp', port, timeoutMs };
}

function isPattern(text: string): boolean {
  try {
    return text !== '' && new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
