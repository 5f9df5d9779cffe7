import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { StartReads } from '../../proto/gen/parbake/v1/StartReads.ts';
import type { Logger } from '../../proto/process/log.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { Role } from '../../proto/recipe/role.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { Root } from '../host/root.ts';
import type { StartTracing } from '../replay/tracing.ts';
import type { Recorder } from '../report/recorder.ts';

export interface StartWatchOptions {
  /** How this program is called. */
  self: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  root: Root;
  /** On the file system whose reads count: Docker's data root. */
  directory: string;
  instanceId: string;
  engine: Pick<ContainerEngine, 'inspect'>;
  recorder: Recorder;
  logger: Logger;
  /** The agent's end. */
  signal: AbortSignal;
}

/** Milliseconds: names of files are looked for in an image of many, on a disk that may be slow. */
const compareDeadline = 120_000;

/**
 * Watches the one start that an instance has, from its order until its containers are ready, for what had not been
 * recorded. Nothing is set up where nothing was recorded. What hinders the watching never hinders the start; it is told.
 */
export class StartWatch {
  readonly #options: StartWatchOptions;
  #recorded: readonly string[] = [];
  #tracing: StartTracing | undefined;
  /** Why there is no tracing. */
  #reason = new ParbakeError('TRACING_UNAVAILABLE', 'the order came before tracing was set up').toReason();
  #watched: { role: string; startTime: NonNullable<StartReads['startTime']> } | undefined;
  #state = 'off';
  /** The one start has begun, or the agent ends. */
  #isOver = false;

  constructor(options: StartWatchOptions) {
    this.#options = options;
  }

  /** For `parbake-agent status`. */
  get state(): string {
    return this.#state;
  }

  /** Sets the tracing up, where something was recorded. */
  async arm(): Promise<void> {
    const { root, directory, instanceId, logger } = this.#options;
    try {
      // Read only where there is something to compare with.
      const { recordedRoles } = await import('../replay/recordings.ts');
      this.#recorded = await recordedRoles(root);
      if (this.#recorded.length === 0 || this.#isOver) return;
      const { deviceOf } = await import('../replay/device.ts');
      const { openStartTracing } = await import('../replay/tracing.ts');
      const device = await deviceOf(directory);
      const id = `start-${createHash('sha256').update(instanceId).digest('hex').slice(0, 12)}`;
      const opened = await openStartTracing(id, device.traced, device);
      if (typeof opened === 'string') throw new ParbakeError('TRACING_UNAVAILABLE', opened);
      // It has come too late: half a start says nothing.
      if (this.#isOver) return await opened.close();
      this.#tracing = opened;
      this.#state = 'armed';
    } catch (cause) {
      this.#reason = toParbakeError(cause).toReason();
      this.#state = `unwatched: ${this.#reason}`;
      logger.warn({ reason: this.#reason }, 'what starts read beyond their recording is not counted');
    }
  }

  /** An order came for this role. Synchronous, since nothing of it has run yet. */
  begin({ name, containers }: Role): void {
    this.#isOver = true;
    // What runs before its order has read already.
    if (!this.#recorded.includes(name) || containers.every(({ prepare }) => isEarly(prepare))) return;
    this.#watched = { role: name, startTime: timeOf(Date.now()) };
    try {
      this.#tracing?.startNow();
      this.#state = this.#tracing === undefined ? this.#state : 'watching';
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Every container of the order is ready: what was read is compared, beside everything else, and reported. */
  async end(assignmentId: string, containers: readonly string[]): Promise<void> {
    const watched = this.#watched;
    const { recorder, logger, signal } = this.#options;
    if (watched === undefined) return;
    this.#watched = undefined;
    try {
      this.#tracing?.stopNow();
      const compared =
        this.#tracing === undefined
          ? unwatched(this.#reason)
          : await this.#compare(this.#tracing, watched.role, containers);
      recorder.reads({ ...watched, assignmentId, ...compared });
      this.#state = 'reported';
    } catch (cause) {
      // The agent ends: an instance has one start, so nobody else will tell of it.
      if (signal.aborted) return;
      const reason = reasonOf(cause);
      logger.warn({ reason }, 'what the start read is not known');
      recorder.reads({ ...watched, assignmentId, ...unwatched(reason) });
      this.#state = `unwatched: ${reason}`;
    } finally {
      await this.close();
    }
  }

  /** Removes the tracing: nobody's order is watched any more. */
  async close(): Promise<void> {
    this.#isOver = true;
    const tracing = this.#tracing;
    this.#tracing = undefined;
    this.#watched = undefined;
    await tracing?.close();
  }

  #fail(cause: unknown): void {
    this.#reason = toParbakeError(cause).toReason();
    void this.#tracing?.close();
    this.#tracing = undefined;
  }

  async #compare(tracing: StartTracing, role: string, containers: readonly string[]): Promise<StartReads> {
    const { self, env, root, directory, engine, signal } = this.#options;
    const found = await Promise.all(containers.map((id) => engine.inspect(id, signal)));
    const layers = [...new Set(found.flatMap((container) => container.layers))];
    const args = ['reads', '--role', role, '--trace', tracing.directory, '--directory', directory];
    const { stdout } = await promisify(execFile)(
      'ionice',
      // -t: where the class cannot be had, it runs without it.
      ['-c', '3', '-t', 'nice', '-n', '19', ...self, ...args, '--root', root.path('/')].concat(
        layers.flatMap((layer) => ['--layer', layer]),
      ),
      { env, signal, timeout: compareDeadline, maxBuffer: 16 * 1024 ** 2 },
    );
    return JSON.parse(stdout) as StartReads;
  }
}

/** @param text from `ParbakeError.toReason` */
function unwatched(text: string): Pick<StartReads, 'unwatchedReason' | 'unwatchedMessage'> {
  const { reason: unwatchedReason, message: unwatchedMessage } = reasonFrom(text);
  return { unwatchedReason, unwatchedMessage };
}

/** What a command of ours says last is `name: message [CODE]`. */
function reasonOf(cause: unknown): string {
  const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
  const [, message, code] = /([^\n]*) \[([A-Z_]+)\]$/.exec(said) ?? [];
  if (message === undefined || code === undefined) return toParbakeError(cause).toReason().slice(0, 500);
  return `${code}: ${message.replace(/^parbake-agent: /, '')}`.slice(0, 500);
}

function isEarly(prepare: Role['containers'][number]['prepare']): boolean {
  return prepare === 'start' || prepare === 'pause' || prepare === 'hold';
}
