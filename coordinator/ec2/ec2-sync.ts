import { toParbakeError, type ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { eachBounded } from '../../proto/process/bounded.ts';
import { retry } from '../../proto/process/retry.ts';
import { aborted, isAbort, pause, runTasks } from '../../proto/process/tasks.ts';
import { missingTags, wantedTags } from './ec2-tags.ts';
import type { Ec2Facts, Moment } from '../core/model.ts';
import type { Ec2Api } from './ec2-api.ts';
import type { Tenancy } from '../store/agents.ts';
import type { Operated } from '../store/fleet.ts';
import type { Ec2Work, UpkeepUseCases } from '../store/upkeep.ts';

/** Instances asked for in one DescribeInstances. */
const batchSize = 200;
/** CreateTags calls in flight. */
const parallelTags = 4;
/** Milliseconds in which changes gather before EC2 is asked: a pool that boots checks in all at once. */
const gatherFor = 200;
/** While EC2 does not answer. */
const retryBounds = { first: 1_000, max: 60_000 };
/** Milliseconds until EC2 is asked again about an instance that it does not know yet. */
const unknownInterval = 1_000;
/** EC2 is eventually consistent: for so many milliseconds an instance can be unknown that has called us. */
const unknownFor = 10_000;

/** Milliseconds between two looks at instances that are silent: whether they still run. */
const silentInterval = 15_000;
/** Looks in a row in which EC2 did not know an instance that it knew: then it has forgotten it. */
const forgottenAfter = 4;

export interface Ec2SyncOptions {
  store: Pick<UpkeepUseCases, 'ec2Work' | 'ec2Done' | 'ec2Silent' | 'ec2Says'>;
  /** Is told of an instance of which EC2 says that it does not run. */
  concluded: (operated: Operated) => void;
  /** Calls back whenever an instance changes. @returns stops watching */
  watch: (changed: () => void) => () => void;
  api: Ec2Api;
  /** Whether an instance is who it says: nobody else has an instance of ours tagged. */
  hasProved: (instanceId: string) => boolean;
  logger: Logger;
  moment: () => Moment;
  /** 0 to 1. */
  random: () => number;
  /** Milliseconds; see `silentInterval`. */
  silentEvery?: number;
}

/**
 * Keeps what EC2 says about instances, and what it is told about their users, beside the store: never in the way of
 * an assignment. What is left to do is in the store, so a restart or an outage of EC2 loses nothing.
 */
export class Ec2Sync {
  readonly #options: Ec2SyncOptions;
  /** Since when EC2 does not know an instance, by instance, in milliseconds. */
  readonly #unknownSince = new Map<string, number>();
  /** How often in a row EC2 did not know a silent instance. */
  readonly #missed = new Map<string, number>();
  #wake = new AbortController();
  #lastError = '';

  constructor(options: Ec2SyncOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    await runTasks(signal, {
      changes: (ended) => this.#followChanges(ended),
      silent: (ended) => this.#followSilent(ended),
    });
  }

  /** EC2 alone knows whether a machine that says nothing still runs. */
  async #followSilent(signal: AbortSignal): Promise<void> {
    const { random, silentEvery = silentInterval } = this.#options;
    while (!signal.aborted) {
      await pause(silentEvery, signal);
      await retry(() => this.#lookAtSilent(signal), {
        delay: (failures) => backoff(failures, random(), retryBounds),
        signal,
        onRetry: ({ cause }) => this.#failed(toParbakeError(cause)),
      }).catch((cause: unknown) => {
        if (!isAbort(cause)) throw cause;
      });
    }
  }

  async #lookAtSilent(signal: AbortSignal): Promise<void> {
    const { store, api, logger, concluded, moment } = this.#options;
    const silent = await store.ec2Silent();
    for (const id of this.#missed.keys()) if (!silent.includes(id)) this.#missed.delete(id);
    for (let at = 0; at < silent.length && !signal.aborted; at += batchSize) {
      const batch = silent.slice(at, at + batchSize);
      const known = await api.describe(batch);
      for (const instanceId of batch) {
        const facts = known.get(instanceId);
        const missed = facts === undefined ? (this.#missed.get(instanceId) ?? 0) + 1 : 0;
        this.#missed.set(instanceId, missed);
        if (facts === undefined && missed < forgottenAfter) continue;
        const operated = await store.ec2Says(instanceId, facts, moment());
        if (operated === undefined) continue;
        const { state, stateReason: reason } = operated.tenancy.instance;
        logger.info(
          { instanceId, state, reason, ec2: facts?.state ?? 'unknown' },
          'EC2 says it does not run',
        );
        concluded(operated);
      }
    }
  }

  async #followChanges(signal: AbortSignal): Promise<void> {
    const { watch, random } = this.#options;
    const stop = watch(() => this.#wake.abort());
    // A failure is waited out: what wakes us meanwhile is in the store.
    const pass = async (): Promise<void> => {
      const isDone = await retry(() => this.#pass(signal), {
        delay: (failures) => backoff(failures, random(), retryBounds),
        signal,
        onRetry: ({ cause }) => this.#failed(toParbakeError(cause)),
      });
      const woken = AbortSignal.any([signal, this.#wake.signal]);
      if (isDone) await aborted(woken);
      else await pause(unknownInterval, woken);
      await pause(gatherFor, signal);
    };
    try {
      while (!signal.aborted) await pass();
    } catch (cause) {
      if (!isAbort(cause)) throw cause;
    } finally {
      stop();
    }
  }

  /** @returns whether EC2 knew all instances */
  async #pass(signal: AbortSignal): Promise<boolean> {
    const { store, api, logger } = this.#options;
    this.#wake = new AbortController();
    const work = await store.ec2Work();
    let isDone = true;
    for (let at = 0; at < work.length && !signal.aborted; at += batchSize)
      isDone = (await this.#batch(work.slice(at, at + batchSize), api, signal)) && isDone;
    if (this.#lastError !== '') logger.info('EC2 answers again');
    this.#lastError = '';
    return isDone;
  }

  /** Logs each new reason once. */
  #failed({ code, message }: ParbakeError): void {
    if (message !== this.#lastError)
      this.#options.logger.warn(
        { code, reason: message },
        'cannot look instances up in EC2 or tag them, retrying',
      );
    this.#lastError = message;
  }

  /** @returns whether EC2 knew all of them */
  async #batch(work: readonly (Ec2Work & Tenancy)[], api: Ec2Api, signal: AbortSignal): Promise<boolean> {
    const known = await api.describe(work.map(({ instanceId }) => instanceId));
    const isDone = await eachBounded(work, parallelTags, signal, (item) =>
      this.#one(item, known.get(item.instanceId)),
    );
    return isDone.every(Boolean);
  }

  async #one(
    { instance, assignment, ...work }: Ec2Work & Tenancy,
    facts: Ec2Facts | undefined,
  ): Promise<boolean> {
    const { store, api, hasProved } = this.#options;
    const { instanceId } = work;
    if (facts === undefined) return await this.#notKnown(work);
    this.#unknownSince.delete(instanceId);
    if (!hasProved(instanceId)) {
      await store.ec2Done(work, facts);
      return true;
    }
    const change = missingTags(wantedTags(instance, assignment), facts.tags);
    if (Object.keys(change.set).length > 0 || change.remove.length > 0)
      await api.changeTags(instanceId, change);
    const kept = Object.entries(facts.tags).filter(([key]) => !change.remove.includes(key));
    await store.ec2Done(work, { ...facts, tags: { ...Object.fromEntries(kept), ...change.set } });
    return true;
  }

  async #notKnown(work: Ec2Work): Promise<boolean> {
    const { instanceId } = work;
    const since = this.#unknownSince.get(instanceId) ?? performance.now();
    this.#unknownSince.set(instanceId, since);
    if (performance.now() - since < unknownFor) return false;
    this.#unknownSince.delete(instanceId);
    this.#options.logger.warn({ instanceId }, 'EC2 does not know this instance');
    await this.#options.store.ec2Done(work, undefined);
    return true;
  }
}
