import { defined } from '../../proto/errors/defined.ts';
import { Readable } from 'node:stream';
import type { AuthConfig } from 'dockerode';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { pullFailure } from '../core/image/pull-failure.ts';
import type { DockerClient } from './client.ts';
import { refuseOthers } from './engine-kind.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { dockerError, engineText, isNotFound, statusOf } from './errors.ts';
import { readPull, stalled, type PullReading, type PullResult } from './pull.ts';

/** What the Engine says about itself. */
export interface EngineFacts {
  /** Empty when its identity file is. */
  engineId: string;
  version: string;
  apiVersion: string;
  storageDriver: string;
  /** Path as the Engine sees it. */
  dataRoot: string;
  os: string;
  /** In Go's words, such as `amd64`. */
  architecture: string;
  kernel: string;
  /** Who keeps the images: a storage driver of Docker's own, or containerd. */
  imageStore: 'graphdriver' | 'containerd';
  insecureRegistries: InsecureRegistries;
  /** URLs that the Engine asks before Docker Hub. */
  mirrors: readonly string[];
  /** The Engine's proxies, as variables of an environment. It hides a password as `xxxxx:xxxxx@`. */
  proxies: Readonly<Record<string, string>>;
  /** Empty when the Engine does not say. */
  containerdVersion: string;
  runcVersion: string;
  userNamespaces: boolean;
}

export interface LocalImage {
  /** Digest of the image's configuration. */
  id: string;
  /** `familiar-name@digest`, one for each repository it was pulled from. */
  repoDigests: string[];
  os: string;
  architecture: string;
  variant: string;
  /** Unpacked, bytes. */
  sizeBytes: number;
  /** Digests of the unpacked layers, base first. */
  diffIds: string[];
}

/** What the Engine sends on to a registry; never stored. The library encodes it into a header. */
export interface RegistryLogin {
  username?: string | undefined;
  password?: string | undefined;
  identitytoken?: string | undefined;
  serveraddress: string;
}

export interface PullRequest extends PullReading {
  /** Repository, as Docker shows it. */
  repository: string;
  /** Tag or digest. */
  version: string;
  platform?: string | undefined;
  login?: RegistryLogin | undefined;
}

/** The Engine as a bake needs it. Every call throws as `dockerError` says. */
export interface ImageEngine {
  facts(signal: AbortSignal): Promise<EngineFacts>;
  /** @returns undefined when there is no such image */
  inspect(name: string, signal: AbortSignal): Promise<LocalImage | undefined>;
  /** The digest that a registry has for a name, asked through the Engine. @throws when it cannot be had */
  resolve(name: string, login: RegistryLogin | undefined, signal: AbortSignal): Promise<string>;
  pull(request: PullRequest): Promise<PullResult>;
  tag(name: string, repository: string, tag: string, signal: AbortSignal): Promise<void>;
  /** What the Engine says that all layers of images take together. */
  layersBytes(signal: AbortSignal): Promise<number>;
  /** Digests of all unpacked layers that images have here. */
  diffIds(signal: AbortSignal): Promise<string[]>;
}

export function imageEngine(client: DockerClient): ImageEngine {
  return {
    facts: (signal) => readFacts(client, signal),
    inspect: (name, signal) => inspect(client, name, signal),
    async resolve(name, login, signal) {
      const answer = await withDeadline(`resolve ${name}`, dockerDeadlines.resolve, signal, (abortSignal) =>
        client.getImage(name).distribution({
          abortSignal,
          ...defined({ authconfig: login === undefined ? undefined : authOf(login) }),
        }),
      ).catch((cause: unknown) => {
        throw refusal(name, cause, 'resolve');
      });
      return answer.Descriptor.digest;
    },
    pull: (request) => pull(client, request),
    async layersBytes(signal) {
      const usage: { LayersSize?: number } = await withDeadline(
        "ask for Docker's disk usage",
        dockerDeadlines.usage,
        signal,
        () => client.df(),
      );
      return usage.LayersSize ?? 0;
    },
    async diffIds(signal) {
      const images = await withDeadline('list images', dockerDeadlines.inspect, signal, (abortSignal) =>
        client.listImages({ abortSignal }),
      );
      const found = await Promise.all(images.map(({ Id }) => inspect(client, Id, signal)));
      return found.flatMap((image) => image?.diffIds ?? []);
    },
    async tag(name, repository, tag, signal) {
      await withDeadline(`tag ${name} as ${repository}:${tag}`, dockerDeadlines.tag, signal, (abortSignal) =>
        client.getImage(name).tag({ repo: repository, tag, abortSignal }),
      );
    },
  };
}

async function readFacts(client: DockerClient, signal: AbortSignal): Promise<EngineFacts> {
  const info: unknown = await withDeadline('ask Docker for its facts', dockerDeadlines.info, signal, () =>
    client.info(),
  );
  const version = await withDeadline('ask Docker for its version', dockerDeadlines.info, signal, () =>
    client.version(),
  );
  refuseOthers(version);
  const field = (key: string): string => {
    const value: unknown =
      typeof info === 'object' && info !== null
        ? Object.getOwnPropertyDescriptor(info, key)?.value
        : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    engineId: field('ID'),
    version: version.Version,
    apiVersion: version.ApiVersion,
    storageDriver: field('Driver'),
    dataRoot: field('DockerRootDir'),
    os: version.Os,
    architecture: version.Arch,
    kernel: field('KernelVersion'),
    imageStore: keepsInContainerd(info) ? 'containerd' : 'graphdriver',
    insecureRegistries: insecureRegistriesOf(info),
    mirrors: mirrorsOf(info),
    proxies: proxiesOf(field),
    containerdVersion: componentVersion(version, 'containerd'),
    runcVersion: componentVersion(version, 'runc'),
    userNamespaces: hasUserNamespaces(info),
  };
}

function componentVersion({ Components }: { Components?: Component[] | null }, name: string): string {
  return Components?.find((component) => component.Name === name)?.Version ?? '';
}

interface Component {
  Name: string;
  Version: string;
}

function hasUserNamespaces(info: unknown): boolean {
  const { SecurityOptions: options } = info as { SecurityOptions?: string[] | null };
  return options?.some((option) => option.startsWith('name=userns')) ?? false;
}

/** The only sign of it in the API. */
function keepsInContainerd(info: unknown): boolean {
  const { DriverStatus: status } = info as { DriverStatus?: [string, string][] | null };
  return (status ?? []).some(([name, value]) => name === 'driver-type' && value.startsWith('io.containerd.'));
}

function insecureRegistriesOf(info: unknown): InsecureRegistries {
  const { RegistryConfig: config } = info as { RegistryConfig?: RegistryConfig | null };
  return {
    networks: config?.InsecureRegistryCIDRs ?? [],
    hosts: Object.entries(config?.IndexConfigs ?? {}).flatMap(([host, { Secure }]) =>
      Secure === false ? [host] : [],
    ),
  };
}

function mirrorsOf(info: unknown): string[] {
  const { RegistryConfig: config } = info as { RegistryConfig?: RegistryConfig | null };
  return config?.IndexConfigs?.['docker.io']?.Mirrors ?? [];
}

function proxiesOf(field: (key: string) => string): Record<string, string> {
  const wanted = { HTTP_PROXY: 'HttpProxy', HTTPS_PROXY: 'HttpsProxy', NO_PROXY: 'NoProxy' };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, key]) => (field(key) === '' ? [] : [[name, field(key)]])),
  );
}

interface RegistryConfig {
  InsecureRegistryCIDRs?: string[] | null;
  IndexConfigs?: Record<string, { Secure?: boolean; Mirrors?: string[] | null }> | null;
}

async function inspect(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<LocalImage | undefined> {
  try {
    const image = await withDeadline(`inspect image ${name}`, dockerDeadlines.inspect, signal, () =>
      client.getImage(name).inspect(),
    );
    return {
      id: image.Id,
      repoDigests: image.RepoDigests ?? [],
      os: image.Os,
      architecture: image.Architecture,
      variant: image.Variant ?? '',
      sizeBytes: image.Size,
      diffIds: image.RootFS.Layers ?? [],
    };
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

async function pull(client: DockerClient, request: PullRequest): Promise<PullResult> {
  const stream = await openPull(client, request);
  // Read on from a socket that may already have data: nothing is lost, since it flows only once it is listened to.
  return await readPull(stream, request);
}

/** Headers come with the Engine's first word, so silence counts from here on. */
async function openPull(client: DockerClient, request: PullRequest): Promise<Readable> {
  const { ref, silenceMs, signal } = request;
  signal.throwIfAborted();
  const controller = new AbortController();
  let isSilent = false;
  const timer = setTimeout(() => {
    isSilent = true;
    controller.abort();
  }, silenceMs);
  const onAbort = (): void => controller.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const stream = await client.createImage(request.login === undefined ? undefined : authOf(request.login), {
      fromImage: request.repository,
      tag: request.version,
      ...defined({ platform: request.platform }),
      abortSignal: controller.signal,
    });
    return stream instanceof Readable ? stream : Readable.from(stream);
  } catch (cause) {
    signal.throwIfAborted();
    if (isSilent) throw stalled(ref, silenceMs);
    throw refusal(ref, cause, 'pull');
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A registry's refusal, which the Engine passes on as an HTTP status with its text. */
function refusal(ref: string, cause: unknown, verb: 'pull' | 'resolve'): Error {
  if (statusOf(cause) === undefined) return dockerError(cause, `${verb} ${ref}`);
  const text = engineText(cause instanceof ParbakeError ? cause.cause : cause);
  return pullFailure(ref, text, cause, verb);
}

function authOf(login: RegistryLogin): AuthConfig {
  const { username = '', password = '', serveraddress, identitytoken } = login;
  const named = { username, password, serveraddress };
  return identitytoken === undefined ? named : Object.assign(named, { identitytoken });
}

/** Registries that the Engine may talk to without TLS, by its own configuration. */
export interface InsecureRegistries {
  /** Networks, such as `127.0.0.0/8`. */
  networks: readonly string[];
  /** `host` or `host:port`, as in image references. */
  hosts: readonly string[];
}
