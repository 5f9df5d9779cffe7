import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { BakedImage } from '../core/manifest.ts';
import { recordingsPath, unitLabel, type Recording, type ReplayUnit } from '../core/replay/recording.ts';
import type { ContainerSpec, Role } from '../../proto/recipe/role.ts';
import { startInOrder } from '../../proto/recipe/start-order.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { awaitReady } from '../docker/readiness.ts';
import type { HoldMount } from '../docker/container-spec.ts';
import { gatePath } from '../gate/places.ts';
import { Holds } from '../hold/holds.ts';
import type { Root } from '../host/root.ts';
import { closeMachine } from './recording-firewall.ts';
import { recordRole } from '../replay/record-role.ts';

export interface RecordStartsRequest {
  root: Root;
  /** Docker's data root on this machine: reads of its file system count. */
  dataRoot: string;
  bakeId: string;
  images: readonly BakedImage[];
  roles: readonly Role[];
  engine: ContainerEngine;
  /** Stops Docker, and gives what starts it again; undefined where it cannot be restarted from here. */
  stopEngine: ((signal: AbortSignal) => Promise<() => Promise<void>>) | undefined;
  /** The time limit of each start, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  onStart: (what: string) => void;
}

/** One start as it was recorded. */
export interface RecordedStart {
  unit: ReplayUnit;
  recording: Recording;
  /** How long the start took with nothing of the disk in memory, in milliseconds. */
  startMs: number;
}

export interface RecordedStarts {
  starts: RecordedStart[];
  warnings: Warning[];
}

/** Milliseconds between two looks whether Docker answers. */
const lookInterval = 50;

/** Removes what an earlier bake recorded: it holds for that bake only. */
export async function removeRecordings(root: Root): Promise<void> {
  await rm(root.path(recordingsPath), { recursive: true, force: true });
}

/**
 * Starts each role once, in a network from which nothing can be reached and without any user's variables, then Docker
 * itself, and records what each start reads. Comes after everything that moves blocks. What cannot be recorded is a
 * warning: the image is as good as without.
 * @throws ParbakeError INTERRUPTED, DISK_FULL, and as the Engine does when it is away
 */
export async function recordStarts(request: RecordStartsRequest): Promise<RecordedStarts> {
  const done: RecordedStarts = { starts: [], warnings: [] };
  for (const role of request.roles) {
    if (role.containers.every(({ prepare }) => prepare === 'none')) continue;
    const trial = new Trial(request);
    const unready = (reason: string): void => {
      const message = `role ${role.name} did not become ready, so its recording ends early: ${reason}`;
      done.warnings.push({ code: 'RECORDING_INCOMPLETE', message });
    };
    try {
      const unit = { kind: 'role', role: role.name } as const;
      await recordOne(request, unit, done, (limit) => trial.start(role, limit, unready));
    } finally {
      await trial.remove();
    }
  }
  await recordEngine(request, done);
  return done;
}

async function recordEngine(request: RecordStartsRequest, done: RecordedStarts): Promise<void> {
  const { stopEngine, engine, signal } = request;
  if (stopEngine === undefined) {
    const message = "Docker is not systemd's here, so its own start was not recorded";
    done.warnings.push({ code: 'RECORDING_MISSING', message });
    return;
  }
  request.onStart('stopping Docker');
  const start = await stopEngine(signal);
  let isStarted = false;
  try {
    await recordOne(request, { kind: 'engine' }, done, async (limit) => {
      isStarted = true;
      await start();
      await answers(engine, limit);
    });
  } finally {
    // Docker runs again afterwards, as it did before.
    if (!isStarted) await start();
  }
}

async function recordOne(
  request: RecordStartsRequest,
  unit: ReplayUnit,
  done: RecordedStarts,
  start: (limit: AbortSignal) => Promise<void>,
): Promise<void> {
  const { root, dataRoot, bakeId, timeoutMs, signal } = request;
  request.onStart(`recording the start of ${unitLabel(unit)}`);
  let startMs = 0;
  const images = imagesOf(request, unit);
  try {
    const { recording } = await recordRole(
      { root, directory: dataRoot, unit, bakeId, images, dropCaches: true, timeoutMs, signal },
      async (limit) => {
        const began = performance.now();
        await start(limit);
        startMs = performance.now() - began;
      },
    );
    done.starts.push({ unit, recording, startMs });
  } catch (cause) {
    const error = toParbakeError(cause);
    if (signal.aborted || isAbort(cause) || error.code === 'INTERRUPTED' || error.code === 'DISK_FULL')
      throw cause;
    const message = `the start of ${unitLabel(unit)} was not recorded: ${error.message}`;
    done.warnings.push({ code: 'RECORDING_MISSING', message });
  }
}

/** What a role's start makes; removed once it was recorded. */
class Trial {
  readonly #engine: ContainerEngine;
  readonly #bakeId: string;
  readonly #holds: Holds;
  #containers: string[] = [];
  #held: HoldMount[] = [];
  #network: string | undefined;
  #role = '';
  /** Opens this machine's own services to containers again. */
  #open: (() => Promise<void>) | undefined;

  constructor({ engine, bakeId, root }: RecordStartsRequest) {
    this.#engine = engine;
    this.#bakeId = bakeId;
    this.#holds = new Holds(root.path('/run/parbake/record'), root.path(gatePath));
  }

  /** An interface's name has at most 15 characters. */
  get #bridge(): string {
    return `pbrec-${createHash('sha256').update(this.#bakeId).digest('hex').slice(0, 8)}`;
  }

  /** Creates and starts a role's containers and waits for all of them. */
  async start(
    { name: role, containers }: Role,
    limit: AbortSignal,
    onUnready: (reason: string) => void,
  ): Promise<void> {
    const engine = this.#engine;
    const network = `parbake-record-${this.#bakeId}`;
    // Before there is an interface of this name: nothing runs unguarded.
    this.#open = await closeMachine(this.#bridge);
    this.#network = await engine.createInternalNetwork(network, this.#bridge, limit);
    this.#role = role;
    await startInOrder(containers, async (container) => {
      const assignmentId = `record-${this.#bakeId}`;
      const hold = container.prepare === 'hold' ? await this.#holds.mount(container.name) : undefined;
      if (hold !== undefined) this.#held.push(hold);
      // The container must not be reachable, and another role may hold the port.
      const hidden = { ...container, publish: false } as const;
      const id = await engine.create(
        { container: hidden, role, assignmentId, level: 'none', env: {}, hold, network },
        limit,
      );
      this.#containers.push(id);
      await engine.start(id, limit);
      // The start may need what only a user brings. What it read until then is still useful.
      const isReady = await this.#settled(id, container, hold, limit).catch((cause: unknown) => {
        if (!(cause instanceof ParbakeError) || cause.code === 'DOCKER_UNAVAILABLE') throw cause;
        onUnready(cause.message);
        return true;
      });
      if (!isReady) {
        const { exitCode } = await engine.inspect(id, limit);
        onUnready(`container ${container.name} exited with code ${exitCode}`);
      }
    });
  }

  /** As far as it gets without a user. @returns false when it ended before */
  async #settled(
    id: string,
    container: ContainerSpec,
    hold: HoldMount | undefined,
    limit: AbortSignal,
  ): Promise<boolean> {
    const starting = { id, container, address: '' };
    if (hold === undefined) return await awaitReady(starting, this.#engine, limit);
    return await this.#holds.awaitHeld(starting, hold.key, this.#engine, limit);
  }

  /** Also runs after the time limit or Ctrl-C, so that nothing of this stays on the image. */
  async remove(): Promise<void> {
    const { signal } = new AbortController();
    for (const id of this.#containers) await this.#engine.discard(id, signal);
    for (const { key } of this.#held) await this.#holds.remove(key);
    if (this.#network !== undefined) await this.#engine.removeNetwork(this.#network, signal);
    await this.#open?.();
    if (this.#containers.length === 0) return;
    const resources = await this.#engine.roleResources(signal);
    for (const resource of resources.filter(({ role }) => role === this.#role))
      await this.#engine.removeRoleResource(resource, signal);
  }
}

async function answers(engine: ContainerEngine, limit: AbortSignal): Promise<void> {
  for (;;) {
    limit.throwIfAborted();
    const isUp = await engine.identity(limit).then(
      () => true,
      (cause: unknown) => {
        if (isAbort(cause)) throw cause;
        return false;
      },
    );
    if (isUp) return;
    await pause(lookInterval, limit);
  }
}

function imagesOf(
  { images, roles }: RecordStartsRequest,
  unit: ReplayUnit,
): { ref: string; digest: string }[] {
  if (unit.kind === 'engine') return [];
  const refs = new Set(
    roles.find(({ name }) => name === unit.role)?.containers.map(({ image }) => image) ?? [],
  );
  return images.filter(({ ref }) => refs.has(ref)).map(({ ref, digest }) => ({ ref, digest }));
}
