import { setImmediate } from 'node:timers/promises';
import type { AssignmentCertificate__Output } from '../../proto/gen/parbake/v1/AssignmentCertificate.ts';
import type { ObservedState } from '../../proto/gen/parbake/v1/ObservedState.ts';
import type { RoleOffer } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import { toParbakeError, type ParbakeError } from '../../proto/errors/errors.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { checkOrder, isOfOrder, type Desired } from '../core/order/order.ts';
import { faultOf } from '../core/order/fault.ts';
import { orderStateIn } from '../core/order/order-state.ts';
import {
  nextRestart,
  plan,
  type ObservedContainer,
  type Situation,
  type Step,
} from '../core/order/planner.ts';
import { offerOf } from './role-offer.ts';
import { ContainerFailure } from '../docker/container-failure.ts';
import { isTemporary } from '../docker/errors.ts';
import { timeOf } from '../../proto/wire/time.ts';
import { Observation } from './observation.ts';
import { assignmentKey, certificateFromProto } from './order-certificate.ts';
import { OrderProgress } from './order-progress.ts';
import { Preparation } from './preparation.ts';
import { RoleSurroundings } from './role-surroundings.ts';
import { reserveState, writeState, type AgentState } from './state-file.ts';
import { StepRound } from './step-round.ts';
import type { StepContext } from './container-starts.ts';
import { StepRunner } from './steps.ts';
import type { WorkerOptions } from './worker-options.ts';

/** A container of the present order. */
export type OrderContainer = Pick<ObservedContainer, 'id' | 'name'>;

/** Steps that are tried again while the user is served. */
const patientKinds: ReadonlySet<Step['kind']> = new Set(['remove', 'stop', 'restart']);

/** Milliseconds between two looks when nothing wakes the worker: a container may have ended by itself. */
const lookInterval = 5_000;
const maxGateRetries = 2;
const gateless: ReadonlySet<string> = new Set(['GATE_UNAVAILABLE', 'HOLD_UNAVAILABLE']);
/** Milliseconds for which an order waits for what passes by itself: a user waits, and another instance may be free. */
const orderPatience = 5_000;

/** Turns what is desired into containers: observes, plans, does one round of steps, and observes again. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #observation: Observation;
  readonly #surroundings: RoleSurroundings;
  readonly #steps: StepRunner;
  readonly #round: StepRound;
  readonly #preparation: Preparation;
  readonly #order: OrderProgress;
  #certificateKey: string | undefined;
  #state: AgentState;
  /** Whether it is known what is desired: an earlier run of the agent left it, or the coordinator has said it since. */
  #isTold: boolean;
  /** Settles once the newest desired state is durable: nothing is confirmed before. */
  #stored: Promise<void> = Promise.resolve();
  #gateRetries = 0;
  /** When Docker first failed in a way that may pass, since the present order came. */
  #hinderedAt: number | undefined;
  /** Whether what is planned may fail without failing the order. */
  #isPatient = false;
  /** Aborts when there is something to look at: a container has ended, or it is known what is desired. */
  #seen = new AbortController();
  /** Turns that failed since the last one that did not. */
  #failures = 0;
  #wake = new AbortController();
  /** When the provider takes the machine back, in milliseconds since the epoch; undefined while it does not. */
  #interruptTime: number | undefined;
  /** Called with every change of the observed state. */
  onChange: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { instance, containers, memory, recorder, logger } = options;
    this.#state = memory.found.state;
    this.#isTold = memory.found.isRemembered;
    const onChange = (): void => this.onChange();
    const observation = new Observation(containers.engine, containers.places, containers.holds);
    const roles = instance.manifest?.roles ?? [];
    const surroundings = new RoleSurroundings({ ...containers, roles, logger });
    const { instanceId } = instance;
    const steps = new StepRunner({ ...containers, instanceId, observation, surroundings, recorder, logger });
    this.#observation = observation;
    this.#steps = steps;
    this.#round = new StepRound(steps);
    this.#surroundings = surroundings;
    const looks = { observation, surroundings, logger, onChange };
    this.#preparation = new Preparation({ ...instance, ...containers, ...options.prepare, ...looks });
    const progress = {
      ...options.start,
      ownAddress: instance.ownAddress,
      roles,
      steps,
      recorder,
      logger,
      onChange,
    };
    this.#order = new OrderProgress(progress, memory.found.state.desired);
    this.#certificateKey = assignmentKey(roles, memory.found.state.desired);
  }

  /** The private key that the order's certificate is for, in PEM; undefined when no role takes one. */
  get certificateKey(): string | undefined {
    return this.#certificateKey;
  }

  get generation(): number {
    return this.#state.generation;
  }

  get assignmentId(): string {
    return this.#order.assignmentId;
  }

  /** How containers of the order ended, in sentences. */
  get ended(): string[] {
    return this.#order.ended;
  }

  /** Whether somebody waits for this instance: it is prepared, or has an order that is not served yet. */
  get isBusy(): boolean {
    return this.#state.desired.phase === 'idle' ? this.#preparation.isPreparing : this.#order.isBusy;
  }

  /** Whether the user has what they waited for. */
  get isServed(): boolean {
    return this.#order.isServed;
  }

  /** Our containers that have processes, as they were seen last. */
  get running(): { id: string; name: string }[] {
    return this.#observation.last.filter(isUp).map(({ id, role, name }) => ({ id, name: `${role}/${name}` }));
  }

  /** The containers of an order, also those that have ended; none when it is not the present one. */
  async containersOf(assignmentId: string, signal: AbortSignal): Promise<OrderContainer[]> {
    const { desired } = this.#state;
    if (desired.phase === 'idle' || desired.order?.assignmentId !== assignmentId) return [];
    const { order } = desired;
    const observed = await this.#observation.look(false, signal);
    return observed.filter((container) => isOfOrder(container, order));
  }

  offers(): RoleOffer[] {
    const { instance, start } = this.#options;
    const look = { targets: this.#preparation.targets, observed: this.#observation.last };
    const roles = instance.manifest?.roles ?? [];
    return roles.map((role) => {
      const { name } = role;
      return offerOf(role, look, start.warming.replayed(name), instance.imds.exposureOf(name));
    });
  }

  observed(): ObservedState {
    return {
      observedGeneration: this.#state.generation,
      preparation: this.#preparation.report(),
      order: this.#order.report(),
      roles: this.offers(),
      ...(this.#interruptTime === undefined ? {} : { interruptionTime: timeOf(this.#interruptTime) }),
    };
  }

  /** The provider takes this machine back. */
  interrupted(time: number): void {
    this.#interruptTime = time;
    this.onChange();
  }

  /** Takes up a desired state, durably, unless it is older than the last one. */
  async apply(generation: number, desired: Desired): Promise<void> {
    // What it waits for is over; what it prepares goes on.
    if (!this.#isTold) this.#seen.abort();
    this.#isTold = true;
    if (generation < this.#state.generation) return;
    if (generation === this.#state.generation && isSame(desired, this.#state.desired)) return;
    const { instanceId } = this.#options.instance;
    const isNewOrder = this.#order.follow(desired);
    const next: AgentState = { version: 1, instanceId, generation, desired };
    this.#stored = this.#store(next, this.#stored);
    this.#state = next;
    this.#wake.abort();
    if (desired.phase === 'stop') this.#certificateKey = undefined;
    await this.#stored;
    if (isNewOrder) this.#order.delivered();
    else if (desired.phase === 'run' && desired.order.certificate !== undefined)
      this.#options.containers.certificates.replace(desired.order.certificate);
    this.onChange();
  }

  /** Takes up a newer certificate of the present order, durably. */
  async renew(renewed: AssignmentCertificate__Output): Promise<void> {
    const { desired, generation } = this.#state;
    const key = this.#certificateKey;
    if (desired.phase !== 'run' || desired.order.assignmentId !== renewed.assignmentId || key === undefined)
      return;
    const order = { ...desired.order, certificate: certificateFromProto(renewed, key) };
    await this.apply(generation, { phase: 'run', order });
  }

  /** @param before is written first, or both would be in the same file */
  async #store(state: AgentState, before: Promise<void>): Promise<void> {
    await Promise.allSettled([before]);
    // Gates get their orders first: they are connected to in one turn of the event loop, and written to in the next.
    await setImmediate();
    await setImmediate();
    await writeState(this.#options.memory.places, state).catch((cause: unknown) => {
      // A user's containers end also on the disk that they filled; whoever starts anew is told to stop again.
      if (state.desired.phase !== 'stop') throw cause;
      this.#options.logger.warn({ reason: toParbakeError(cause).message }, 'stopping without a record');
    });
  }

  /** Wakes the worker when a container ends, until the signal aborts. What is missed shows at its next look. */
  async watchEnds(signal: AbortSignal): Promise<void> {
    const { containers, random } = this.#options;
    for (let failures = 0; !signal.aborted; failures++) {
      const begun = performance.now();
      // Docker is away, which whoever needs it says.
      await containers.engine.nextEnd(signal).catch(() => {});
      this.#seen.abort();
      if (performance.now() - begun > lookInterval) failures = 0;
      await pause(backoff(failures, random()), signal);
    }
  }

  /** Works until the signal aborts; containers are left as they are. */
  async run(signal: AbortSignal): Promise<void> {
    const preparing = this.#options.recorder.begin('prepare');
    // A disk that does not take it says so when something is stored.
    await reserveState(this.#options.memory.places).catch(() => {});
    let isPreparing = true;
    let isFresh = true;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      this.#seen = new AbortController();
      // Whoever prepares drops it when an order comes; an order is carried out to its end.
      const isIdle = this.#state.desired.phase === 'idle';
      const work = isIdle ? AbortSignal.any([signal, this.#wake.signal]) : signal;
      const context = isIdle ? { parent: preparing.id, assignmentId: '' } : this.#order.context;
      const rest: number = await this.#turn(isFresh, context, work).catch((cause: unknown) =>
        this.#turnFailed(cause, signal),
      );
      if (isPreparing && !this.#preparation.isPreparing) {
        isPreparing = false;
        void preparing.end();
      }
      if (rest > 0) await pause(rest, AbortSignal.any([signal, this.#wake.signal, this.#seen.signal]));
      // An order that has just come finds what was seen last; what proves wrong is looked at again.
      isFresh = rest > 0 && !this.#wake.signal.aborted;
    }
  }

  /** @returns milliseconds until the next look */
  async #turn(isFresh: boolean, context: StepContext, signal: AbortSignal): Promise<number> {
    const { desired } = this.#state;
    if (this.#order.isOver) return lookInterval;
    if (desired.phase === 'idle') await this.#preparation.begin(context.parent ?? '', signal);
    const observed = await this.#observation.look(isFresh, signal);
    // Without its memory the agent leaves a user's containers alone until it is told whose they are.
    if (!this.#isTold && observed.some(mayBeUsers)) return lookInterval;
    const { targets } = this.#preparation;
    const { role } = this.#order;
    const { ready } = this.#steps;
    const restarts = this.#options.containers.restarts.all;
    const situation: Situation = { desired, targets, role, observed, ready, restarts, now: Date.now() };
    const steps = plan(situation);
    // What is to be done for a user who is served already is worth as many tries as it takes.
    this.#isPatient = this.#order.isServed && steps.every(({ kind }) => patientKinds.has(kind));
    this.#order.takeEnds(observed, restarts);
    if (desired.phase === 'run') checkOrder(desired.order, role);
    if (desired.phase === 'run') await this.#order.giveFiles(desired.order, observed);
    if (desired.phase === 'idle') {
      this.#preparation.note(steps, observed);
      // Before anybody waits: an order finds them known.
      this.#options.containers.processes.follow(observed.filter(isUp).map(({ id }) => id));
    }
    const execute = (): Promise<void> => this.#round.run(steps, context, signal);
    // Gates open while the order is being stored, and are waited for. Were we to die in between, a gate that has passed
    // tells so, and the coordinator, which was not told anything, says the order again.
    const begun = isOpening(steps) ? execute() : undefined;
    // It fails below.
    begun?.catch(() => {});
    if (begun === undefined || steps.some(({ kind }) => kind === 'await_ready')) {
      await this.#stored;
      // A release is confirmed once nothing of the user is left, their volumes included.
      if (desired.phase === 'stop' && steps.length === 0) await this.#surroundings.sweep(() => false, signal);
      const next = orderStateIn(situation, steps);
      // What became ready while the order was stored is told as such, in one message.
      const isReady =
        begun !== undefined && steps.every((step) => step.kind === 'await_ready' && ready.has(step.id));
      if (next !== undefined && !isReady) this.#order.reach(next, observed);
    }
    if (steps.length > 0) await (begun ?? execute());
    this.#failures = 0;
    if (steps.length > 0) return 0;
    const due = nextRestart(situation) ?? Infinity;
    return Math.min(lookInterval, Math.max(1, due - Date.now()));
  }

  /**
   * An order that cannot be carried out fails; anything else is tried again after a while.
   * @returns milliseconds until the next look
   */
  #turnFailed(cause: unknown, signal: AbortSignal): number {
    const last = this.#observation.last;
    this.#observation.forget();
    this.#round.forget();
    // What an order interrupted is planned again, if it is still wanted.
    if (isAbort(cause)) return signal.aborted ? lookInterval : 0;
    const error = toParbakeError(cause);
    const { logger, random } = this.#options;
    const { phase } = this.#state.desired;
    const rest = backoff(this.#failures++, random());
    logger.warn({ code: error.code, reason: error.message, phase }, 'step failed');
    if (phase === 'idle') return this.#preparation.hinder(error) ? rest : lookInterval;
    if (phase === 'stop' || this.#isPatient || error.code === 'DOCKER_UNAVAILABLE') {
      this.#order.hinder(error.toReason());
      return rest;
    }
    // What was kept may have ended meanwhile: looked at again, it is replaced.
    if (gateless.has(error.code) && this.#gateRetries++ < maxGateRetries) return 0;
    if (this.#mayPass(error)) {
      this.#order.hinder(error.toReason());
      return rest;
    }
    const { end, output = '' } = cause instanceof ContainerFailure ? cause : {};
    this.#order.fail({ error: error.toReason(), fault: faultOf(error.code, end), output }, last);
    return lookInterval;
  }

  #mayPass(error: ParbakeError): boolean {
    if (error.code !== 'DOCKER_FAILED' || !isTemporary(error)) return false;
    this.#hinderedAt ??= performance.now();
    return performance.now() - this.#hinderedAt < orderPatience;
  }
}

/** Whether nothing is made or taken away, so that it may be done for an order that is not stored yet. */
function isOpening(steps: readonly Step[]): boolean {
  return steps.length > 0 && steps.every(({ kind }) => kind === 'release' || kind === 'await_ready');
}

function isSame(one: Desired, other: Desired): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether a user may have this container: it was made for an assignment, or runs what is prepared to wait. */
function mayBeUsers({ assignmentId, level, state }: ObservedContainer): boolean {
  return assignmentId !== '' || (level !== 'start' && state === 'running') || state === 'ended';
}

function isUp({ state }: ObservedContainer): boolean {
  return !['created', 'ended', 'dead'].includes(state);
}
