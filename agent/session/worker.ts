import { rm } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { ParbakeError, toParbakeError } from '../../proto/errors.ts';
import type { ObservedState } from '../../proto/gen/parbake/v1/ObservedState.ts';
import type { RoleOffer } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import { checkOrder, isOfOrder, type Desired, type Order } from '../core/order.ts';
import { isOver, isSettled, orderStateIn, type OrderState } from '../core/order-state.ts';
import { plan, type ObservedContainer, type Step, type Target } from '../core/planner.ts';
import type { Manifest } from '../core/manifest.ts';
import { chooseTargets } from '../core/preparation.ts';
import { RecentCount } from '../core/recent-count.ts';
import { offerOf } from '../core/role-offer.ts';
import type { Role } from '../core/role.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { GatePlaces } from '../gate/places.ts';
import { Observation } from './observation.ts';
import type { OrderFiles } from './order-files.ts';
import type { OpenSpan, Recorder } from './recorder.ts';
import { rehearse } from './rehearsal.ts';
import type { StartWatch } from './start-watch.ts';
import { writeState, type AgentState, type StatePlaces } from './state-file.ts';
import { StepRunner, type StepContext } from './steps.ts';
import type { Warming } from './warming.ts';

export interface WorkerOptions {
  instanceId: string;
  /** Where the containers' ports are reached. */
  address: string;
  manifest: Manifest | undefined;
  engine: ContainerEngine;
  places: GatePlaces;
  files: OrderFiles;
  /** For all prepared containers together, in bytes. */
  prepareMemoryBytes: number;
  statePlaces: StatePlaces;
  state: AgentState;
  warming: Pick<Warming, 'order' | 'replayed'>;
  watch: Pick<StartWatch, 'begin' | 'end' | 'close'>;
  recorder: Recorder;
  /** Pulls an image that the bake left to the instance. @throws ParbakeError IMAGE_NOT_FOUND for any other */
  pullAtBoot: (ref: string, parent: string, signal: AbortSignal) => Promise<void>;
  logger: Logger;
}

/** Milliseconds between two looks when nothing wakes the worker: a container may have ended by itself. */
const lookInterval = 5_000;
/** A container that ends so often within so many milliseconds while it is only prepared is not prepared again. */
const maxBurials = 3;
const burialWindow = 600_000;
const maxGateRetries = 2;

/** Turns what is desired into containers: observes, plans, does one round of steps, and observes again. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #observation: Observation;
  readonly #steps: StepRunner;
  #state: AgentState;
  /** Settles once the newest desired state is durable: nothing is confirmed before. */
  #stored: Promise<void> = Promise.resolve();
  #targets: readonly Target[] = [];
  #progress: OrderState | undefined;
  #error = '';
  #span: OpenSpan | undefined;
  #preparation: 'PREPARING' | 'READY' | 'FAILED' = 'PREPARING';
  #preparationError = '';
  /** Of prepared containers that ended by themselves, by role and name: when Docker goes, all go once. */
  readonly #burials = new Map<string, RecentCount>();
  #gateRetries = 0;
  /** By the container's id: who waits for one does not hold up what another makes possible. */
  readonly #waits = new Map<string, Promise<void>>();
  /** The assignment whose files are where they belong. */
  #filesGiven = '';
  #wake = new AbortController();
  /** Called with every change of the observed state. */
  onChange: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#observation = new Observation(options.engine, options.places);
    this.#steps = new StepRunner({ ...options, observation: this.#observation });
    // The order was stored before a restart, so it was delivered.
    if (options.state.desired.phase !== 'run') return;
    this.#progress = 'DELIVERED';
    options.warming.order(options.state.desired.order.role);
  }

  get generation(): number {
    return this.#state.generation;
  }

  get assignmentId(): string {
    return this.#order?.assignmentId ?? '';
  }

  get #order(): Order | undefined {
    const { desired } = this.#state;
    return desired.phase === 'idle' ? undefined : desired.order;
  }

  get #role(): Role | undefined {
    return this.#options.manifest?.roles.find(({ name }) => name === this.#order?.role);
  }

  /** Takes up a desired state, durably, unless it is older than the last one. */
  async apply(generation: number, desired: Desired): Promise<void> {
    if (generation < this.#state.generation) return;
    const isSame = JSON.stringify(desired) === JSON.stringify(this.#state.desired);
    if (generation === this.#state.generation && isSame) return;
    const { instanceId, statePlaces, recorder, warming } = this.#options;
    const next: AgentState = { version: 1, instanceId, generation, desired };
    const before = this.assignmentId;
    const isNewOrder = desired.phase === 'run' && before !== desired.order.assignmentId;
    if (isNewOrder)
      this.#span = recorder.begin('assignment', {
        assignmentId: desired.order.assignmentId,
        attributes: { 'parbake.role': desired.order.role },
      });
    if (isNewOrder) {
      this.#error = '';
      warming.order(desired.order.role);
      const role = this.#options.manifest?.roles.find(({ name }) => name === desired.order.role);
      if (role !== undefined) this.#options.watch.begin(role);
    }
    this.#stored = writeState(statePlaces, next);
    this.#state = next;
    this.#wake.abort();
    await this.#stored;
    if (isNewOrder) this.#advance('DELIVERED');
    this.onChange();
  }

  observed(): ObservedState {
    const { address } = this.#options;
    const order = this.#order;
    const endpoints = (this.#role?.containers ?? []).flatMap(({ name, ports }) =>
      ports.map((port) => ({ container: name, host: address, port })),
    );
    const hasEndpoints = this.#progress === 'STARTED' || this.#progress === 'SERVING';
    return {
      observedGeneration: this.#state.generation,
      preparation: { state: `PREPARATION_STATE_${this.#preparation}`, error: this.#preparationError },
      order:
        order === undefined || this.#progress === undefined
          ? null
          : {
              assignmentId: order.assignmentId,
              state: `ORDER_STATE_${this.#progress}`,
              error: this.#error,
              endpoints: hasEndpoints ? endpoints : [],
            },
      roles: this.offers(),
    };
  }

  /** Whether somebody waits for this instance: it is prepared, or has an order that is not served yet. */
  get isBusy(): boolean {
    const { phase } = this.#state.desired;
    return this.#preparation === 'PREPARING' || (phase !== 'idle' && !isSettled(this.#progress));
  }

  /** Our containers that have processes, as they were seen last. */
  get running(): { id: string; name: string }[] {
    const isUp = ({ state }: ObservedContainer): boolean => !['created', 'ended', 'dead'].includes(state);
    return this.#observation.last.filter(isUp).map(({ id, role, name }) => ({ id, name: `${role}/${name}` }));
  }

  offers(): RoleOffer[] {
    const { manifest, warming } = this.#options;
    const look = { targets: this.#targets, observed: this.#observation.last };
    return (manifest?.roles ?? []).map((role) => offerOf(role, look, warming.replayed(role.name)));
  }

  /** Works until the signal aborts; containers are left as they are. */
  async run(signal: AbortSignal): Promise<void> {
    const preparing = this.#options.recorder.begin('prepare');
    let isPreparing = true;
    await this.#checkImages(preparing.id, signal);
    let isFresh = true;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      // Whoever prepares drops it when an order comes; an order is carried out to its end.
      const isIdle = this.#state.desired.phase === 'idle';
      const work = isIdle ? AbortSignal.any([signal, this.#wake.signal]) : signal;
      const context = isIdle ? { parent: preparing.id, assignmentId: '' } : this.#context();
      const isBusy: boolean = await this.#turn(isFresh, context, work).catch((cause: unknown) =>
        this.#turnFailed(cause, signal),
      );
      if (isPreparing && this.#preparation !== 'PREPARING') {
        isPreparing = false;
        void preparing.end();
      }
      if (!isBusy) await pause(lookInterval, AbortSignal.any([signal, this.#wake.signal]));
      // An order that has just come finds what was seen last; what proves wrong is looked at again.
      isFresh = !isBusy && !this.#wake.signal.aborted;
    }
  }

  #context(): StepContext {
    return {
      assignmentId: this.assignmentId,
      ...(this.#span === undefined ? {} : { parent: this.#span.id }),
    };
  }

  /** Every image of every role must be there before the instance joins the pool. */
  async #checkImages(parent: string, signal: AbortSignal): Promise<void> {
    const { manifest, engine, places, files, prepareMemoryBytes, logger } = this.#options;
    try {
      const roles = manifest?.roles ?? [];
      for (const { image } of roles.flatMap(({ containers }) => containers)) {
        if ((await engine.image(image, signal)) === undefined)
          await this.#options.pullAtBoot(image, parent, signal);
      }
      const hasGate = await places.isAvailable();
      this.#targets = chooseTargets(roles, { hasGate, memoryBytes: prepareMemoryBytes });
      const isWanted = roles.some(({ containers }) =>
        containers.some(({ prepare }) => prepare === 'gate' || prepare === 'create'),
      );
      if (isWanted && !hasGate)
        logger.warn('the gate is not on this instance: containers start at the order');
      await this.#observation.look(true, signal);
      await places.removeOthers(this.#observation.gateKeys());
      await files.removeOthers(this.#observation.filesKeys());
      if (hasGate && isWanted) await this.#rehearse(signal);
    } catch (cause) {
      if (!isAbort(cause)) this.#preparationFailed(cause);
    }
  }

  async #rehearse(signal: AbortSignal): Promise<void> {
    const { places, statePlaces } = this.#options;
    const { state, orderEnv } = statePlaces;
    const beside = { state: `${state}.rehearsal`, orderEnv: `${orderEnv}.rehearsal` };
    // Never over a state that has come meanwhile: the one that is stored is the one that is written.
    await rehearse(await places.directory(), () => writeState(beside, this.#state), signal);
    await Promise.all(Object.values(beside).map((path) => rm(path, { force: true })));
  }

  #preparationFailed(cause: unknown): void {
    this.#preparation = 'FAILED';
    this.#preparationError = toParbakeError(cause).toReason();
    this.#targets = [];
    this.#options.logger.error({ reason: this.#preparationError }, 'preparation failed');
    this.onChange();
  }

  /** @returns whether to look again at once */
  async #turn(isFresh: boolean, context: StepContext, signal: AbortSignal): Promise<boolean> {
    const { desired } = this.#state;
    if (isOver(this.#progress, desired.phase)) return false;
    const observed = await this.#observation.look(isFresh, signal);
    const role = this.#role;
    const { ready } = this.#steps;
    const situation = { desired, targets: this.#targets, role, observed, ready };
    const steps = plan(situation);
    if (desired.phase === 'run') checkOrder(desired.order, role);
    if (desired.phase === 'run') await this.#giveFiles(desired.order, observed);
    if (desired.phase === 'idle') this.#notePreparation(steps, observed);
    const execute = (): Promise<void> => this.#carryOut(steps, context, signal);
    if (steps.length > 0 && steps.every(({ kind }) => kind === 'release')) {
      // Gates open while the order is being stored. Were we to die in between, a gate that has passed tells so, and
      // the coordinator, which was not told anything, says the order again.
      await Promise.all([execute(), this.#stored]);
      return true;
    }
    await this.#stored;
    const next = orderStateIn(situation, steps);
    if (next !== undefined) this.#reach(next, observed);
    if (steps.length === 0) return false;
    await execute();
    return true;
  }

  /** Ends as soon as there is something new to plan with. */
  async #carryOut(steps: readonly Step[], context: StepContext, signal: AbortSignal): Promise<void> {
    const waits: Promise<void>[] = [];
    const others: Promise<void>[] = [];
    for (const step of steps) {
      const known = step.kind === 'await_ready' ? this.#waits.get(step.id) : undefined;
      const work = known ?? this.#steps.execute(step, context, signal);
      if (step.kind !== 'await_ready') others.push(work);
      else {
        const wait = work.then(() => void this.#waits.delete(step.id));
        // One that fails meanwhile is kept, and told when it is waited for.
        wait.catch(() => {});
        this.#waits.set(step.id, wait);
        waits.push(wait);
      }
    }
    if (others.length > 0) await Promise.all(others);
    else await Promise.race(waits);
  }

  #isOfOrder(container: ObservedContainer): boolean {
    return this.#order !== undefined && isOfOrder(container, this.#order);
  }

  #notePreparation(steps: readonly Step[], observed: readonly ObservedContainer[]): void {
    if (this.#preparation === 'FAILED') return;
    for (const step of steps) {
      if (step.kind !== 'bury') continue;
      const what = `${observed.find(({ id }) => id === step.id)?.role ?? ''}/${step.name}`;
      const burials = this.#burials.get(what) ?? new RecentCount(burialWindow);
      this.#burials.set(what, burials);
      const lately = burials.count(1, performance.now());
      if (lately > maxBurials)
        return this.#preparationFailed(
          new ParbakeError('CONTAINER_EXITED', `prepared container ${what} ended ${lately} times`),
        );
    }
    const preparation = steps.length === 0 ? 'READY' : 'PREPARING';
    if (preparation === this.#preparation) return;
    this.#preparation = preparation;
    this.onChange();
  }

  /** Before anything of the order runs, and again after a restart. */
  async #giveFiles(order: Order, observed: readonly ObservedContainer[]): Promise<void> {
    if (this.#filesGiven === order.assignmentId || Object.keys(order.files).length === 0) return;
    const mine = observed.filter((each) => this.#isOfOrder(each)).map(({ id }) => id);
    await this.#steps.giveFiles(mine, order);
    this.#filesGiven = order.assignmentId;
  }

  #reach(next: OrderState, observed: readonly ObservedContainer[]): void {
    const before = this.#progress;
    this.#advance(next);
    if (next === 'STOPPED') void this.#options.watch.close();
    if (next !== 'SERVING' || before === 'SERVING') return;
    this.#report(observed, '');
    const ids = observed.filter((each) => this.#isOfOrder(each)).map(({ id }) => id);
    void this.#options.watch.end(this.assignmentId, ids);
    void this.#span?.end();
    this.#span = undefined;
  }

  #report(observed: readonly ObservedContainer[], error: string): void {
    const ids = observed.filter((each) => this.#isOfOrder(each)).map(({ id }) => id);
    this.#steps.report(new Set(ids), this.assignmentId, error);
  }

  /** An order that cannot be carried out fails; a Docker that is away is waited for. */
  #turnFailed(cause: unknown, signal: AbortSignal): boolean {
    const last = this.#observation.last;
    this.#observation.forget();
    this.#waits.clear();
    // What an order interrupted is planned again, if it is still wanted.
    if (isAbort(cause)) return !signal.aborted;
    const error = toParbakeError(cause);
    const { logger } = this.#options;
    logger.warn({ code: error.code, reason: error.message }, 'step failed');
    if (error.code === 'DOCKER_UNAVAILABLE') {
      // What was prepared may go with it: nobody is to be given this instance before it was looked at.
      if (this.#state.desired.phase === 'idle' && this.#preparation === 'READY') {
        this.#preparation = 'PREPARING';
        this.onChange();
      }
      return false;
    }
    // What was kept may have ended meanwhile: looked at again, it is replaced.
    if (error.code === 'GATE_UNAVAILABLE' && this.#gateRetries++ < maxGateRetries) return true;
    if (this.#state.desired.phase === 'idle') this.#preparationFailed(error);
    if (this.#state.desired.phase !== 'run') return false;
    this.#error = error.toReason();
    this.#report(last, this.#error);
    this.#advance('FAILED');
    void this.#options.watch.close();
    return false;
  }

  #advance(progress: OrderState): void {
    if (this.#progress === progress) return;
    this.#progress = progress;
    this.#options.logger.info({ assignmentId: this.assignmentId, order: progress }, 'order');
    this.onChange();
  }
}
