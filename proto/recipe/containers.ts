import type { Node } from 'yaml';
import type { ContainerKeys, HeldKeys, ReadyKeys } from './keys.ts';
import { localName } from './image-ref.ts';
import { nearest } from '../errors/nearest.ts';
import type { ImageList } from './images.ts';
import {
  defaultCertificatePath,
  runsEarly,
  type ContainerSpec,
  type Held,
  type Logging,
  type PrepareLevel,
  type Readiness,
} from './role.ts';
import type { Read, SectionReader } from './section.ts';
import type { RecipeSource } from './source.ts';

const defaultTimeoutMs = 60_000;

/** What of a role is needed to read one of its containers. */
export interface RoleReading {
  images: ImageList;
  /** Owners of ports. */
  ports: Map<number, string>;
  /** Where each name in an `after` stands. */
  afters: { container: ContainerSpec; name: string; node: Node }[];
}

/** @returns undefined when it has no name by which anything could be said of it */
export function readContainer(
  source: RecipeSource,
  section: SectionReader<ContainerKeys>,
  { images, ports, afters }: RoleReading,
): ContainerSpec | undefined {
  const name = section.read('name');
  const prepare = section.read('prepare') ?? 'gate';
  const userEnv = distinct(source, section.read('user_env'), (each) => `${each} is listed twice`);
  // Their program runs before anybody has it, so nothing of a user can get into its environment.
  if (runsEarly({ prepare }) && userEnv.length > 0)
    source.problem(
      section.place('user_env'),
      `with prepare: ${prepare} the program runs before its user is known and takes no user_env; use gate or hold`,
    );
  const publish = section.read('publish') ?? true;
  const own = readPorts(source, section.read('ports'), name ?? '', publish === false ? new Map() : ports);
  const image = readImageName(source, section, images);
  const after = section.read('after') ?? [];
  const afterNames = distinct(source, after, (each) => `after names "${each}" twice`);
  if (name === undefined) return undefined;
  const spec: ContainerSpec = {
    name,
    image: image ?? '',
    prepare,
    ports: own,
    ready: readReady(section.read('ready')),
    userEnv,
  };
  const held = section.read('held');
  if (prepare === 'hold') spec.held = readHeld(held);
  else if (section.has('held'))
    source.problem(section.place('held'), 'held is for a container with "prepare: hold"');
  const stopTimeoutMs = section.read('stop_timeout');
  const optional: Partial<ContainerSpec> = {};
  setIfGiven(optional, 'files', section.read('files'));
  setIfGiven(optional, 'certificate', readCertificatePath(source, section, prepare));
  if (afterNames.length > 0) optional.after = afterNames;
  if (stopTimeoutMs !== undefined) optional.stopTimeoutSeconds = stopTimeoutMs / 1000;
  if (section.read('init') === true) optional.init = true;
  if (section.read('read_only') === true) optional.readOnly = true;
  if (publish !== true) optional.publish = publish;
  readProgram(source, section, optional);
  readMounts(source, section, optional);
  readLimits(section, optional);
  setIfGiven(optional, 'restart', section.read('restart'));
  setIfGiven(optional, 'essential', section.read('essential'));
  Object.assign(spec, optional);
  afters.push(...after.map(({ value, node }) => ({ container: spec, name: value, node })));
  return spec;
}

/** Its key is handed over once the gate shows whose it is, and before anything else runs. */
function readCertificatePath(
  source: RecipeSource,
  section: SectionReader<ContainerKeys>,
  prepare: PrepareLevel,
): string | undefined {
  const given = section.read('certificate');
  if (given === undefined || given.shape === 'list' || (given.shape === 'text' && !given.value))
    return undefined;
  if (runsEarly({ prepare }) || prepare === 'hold')
    source.problem(
      section.place('certificate'),
      `with prepare: ${prepare} the program runs before its assignment has a certificate; use gate`,
    );
  return (given.shape === 'mapping' ? given.value.read('path') : undefined) ?? defaultCertificatePath;
}

/** What runs, where, and with which variables. */
function readProgram(
  source: RecipeSource,
  section: SectionReader<ContainerKeys>,
  spec: Partial<ContainerSpec>,
): void {
  setIfGiven(spec, 'entrypoint', wordsOf(section.read('entrypoint')));
  setIfGiven(spec, 'command', wordsOf(section.read('command')));
  setIfGiven(spec, 'workingDir', section.read('working_dir'));
  const given = section.read('env');
  if (given === undefined || given.shape === 'text') return;
  const pairs =
    given.shape === 'mapping'
      ? given.value.map(({ name, value }) => [name, value] as const)
      : given.value.map(({ value: { name, value }, node }, index, all) => {
          if (all.slice(0, index).some((each) => each.value.name === name))
            source.problem(node, `env has ${name} twice`);
          return [name, value] as const;
        });
  if (pairs.length > 0) spec.env = Object.fromEntries(pairs);
}

function wordsOf(
  given: { shape: 'text'; value: string[] } | { shape: 'list'; value: Read<string>[] } | Other | undefined,
): string[] | undefined {
  if (given?.shape === 'text') return given.value;
  return given?.shape === 'list' ? given.value.map(({ value }) => value) : undefined;
}

/** A shape that a value cannot have. */
interface Other {
  shape: 'mapping';
  value: unknown;
}

/** Docker mounts one thing at a place. */
function readMounts(
  source: RecipeSource,
  section: SectionReader<ContainerKeys>,
  spec: Partial<ContainerSpec>,
): void {
  const taken = new Set<string>();
  const { files, certificate } = spec;
  if (files !== undefined) taken.add(files);
  const place = (path: string, node: Node): void => {
    if (taken.has(path)) source.problem(node, `something else is mounted at ${path} already`);
    taken.add(path);
  };
  if (certificate !== undefined) place(certificate, section.place('certificate'));
  // Nothing can be mounted in a directory that is read-only and does not have it.
  if (certificate !== undefined && files !== undefined && isOneInOther(certificate, files))
    source.problem(section.place('certificate'), `${certificate} and ${files} are one inside the other`);
  const tmpfs = section.read('tmpfs');
  const items =
    tmpfs?.shape === 'text'
      ? [{ value: tmpfs.value, node: section.place('tmpfs') }]
      : tmpfs?.shape === 'list'
        ? tmpfs.value
        : [];
  for (const { value, node } of items) place(value.path, node);
  if (items.length > 0) spec.tmpfs = items.map(({ value }) => value);
  const volumes = section.read('volumes') ?? [];
  for (const { value, node } of volumes) place(value.path, node);
  if (volumes.length > 0) spec.volumes = volumes.map(({ value }) => value);
}

function isOneInOther(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

function readLimits(section: SectionReader<ContainerKeys>, spec: Partial<ContainerSpec>): void {
  setIfGiven(spec, 'memoryBytes', section.read('memory'));
  setIfGiven(spec, 'cpus', section.read('cpus'));
  setIfGiven(spec, 'pidsLimit', section.read('pids_limit'));
  const given = section.read('logging');
  if (given === undefined) return;
  const logging: Logging = {};
  const options = given.read('options');
  setIfGiven(logging, 'driver', given.read('driver'));
  setIfGiven(logging, 'maxBytes', options?.read('max-size'));
  setIfGiven(logging, 'maxFiles', options?.read('max-file'));
  spec.logging = logging;
}

function setIfGiven<T, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value;
}

/** The values of a list, each once. */
function distinct(
  source: RecipeSource,
  items: readonly Read<string>[] | undefined,
  complaint: (value: string) => string,
): string[] {
  const values = new Set<string>();
  for (const { value, node } of items ?? []) {
    if (values.has(value)) source.problem(node, complaint(value));
    values.add(value);
  }
  return [...values];
}

/** The reference as `images` has it, so that it is the one under which the image is tagged. */
function readImageName(
  source: RecipeSource,
  section: SectionReader<ContainerKeys>,
  images: ImageList,
): string | undefined {
  const written = section.read('image');
  if (written === undefined) return undefined;
  const listed = images.refs.get(localName(written.ref));
  if (listed === undefined && images.complete) {
    const near = nearest(written.text, [...images.refs.values()]);
    const hint = near === undefined ? 'add it there' : `did you mean "${near}"?`;
    source.problem(section.place('image'), `image "${written.text}" is not listed in images; ${hint}`);
  }
  return listed;
}

/** Ports are published under their own number, so one instance has each only once. */
function readPorts(
  source: RecipeSource,
  items: readonly Read<number>[] | undefined,
  container: string,
  taken: Map<number, string>,
): number[] {
  const ports: number[] = [];
  for (const { value: port, node } of items ?? []) {
    const owner = taken.get(port);
    if (owner === undefined) ports.push(port);
    else source.problem(node, `port ${port} is already published by container "${owner}" of this role`);
    taken.set(port, container);
  }
  return ports;
}

function readReady(section: SectionReader<ReadyKeys> | undefined): Readiness {
  const timeoutMs = section?.read('timeout') ?? defaultTimeoutMs;
  return readCheck(section, timeoutMs) ?? { kind: 'started' };
}

function readHeld(section: SectionReader<HeldKeys> | undefined): Held {
  const timeoutMs = section?.read('timeout') ?? defaultTimeoutMs;
  return readCheck(section, timeoutMs) ?? { kind: 'reads', timeoutMs };
}

/** @returns undefined when no check is asked for */
function readCheck(
  section: SectionReader<Pick<ReadyKeys, 'http' | 'tcp' | 'log'>> | undefined,
  timeoutMs: number,
): Exclude<Readiness, { kind: 'started' }> | undefined {
  const http = section?.read('http');
  const httpPort = http?.read('port');
  if (httpPort !== undefined)
    return { kind: 'http', port: httpPort, path: http?.read('path') ?? '/', timeoutMs };
  const tcpPort = section?.read('tcp')?.read('port');
  if (tcpPort !== undefined) return { kind: 'tcp', port: tcpPort, timeoutMs };
  const pattern = section?.read('log');
  return pattern === undefined ? undefined : { kind: 'log', pattern, timeoutMs };
}
