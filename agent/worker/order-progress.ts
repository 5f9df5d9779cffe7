import { reasonFrom } from '../../proto/errors/reason.ts';
import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isOfOrder, type Desired, type Order } from '../core/order/order.ts';
import { isOver, isSettled, type OrderState } from '../core/order/order-state.ts';
import { describeEnd, type ContainerEnd } from '../core/order/container-end.ts';
import { maskedOutput } from '../core/order/masked-output.ts';
import type { Fault } from '../../proto/errors/faults.ts';
import type { ObservedContainer } from '../core/order/planner.ts';
import { publishedPorts, type Role } from '../../proto/recipe/role.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { Restarts } from '../core/order/restart.ts';
import type { OpenSpan, Recorder } from '../report/recorder.ts';
import type { StartWatch } from './start-watch.ts';
import type { StepContext } from './container-starts.ts';
import type { StepRunner } from './steps.ts';
import type { Warming } from './warming.ts';

/** How a container of the order ended. */
interface EndOfOne extends ContainerEnd {
  container: string;
  restarts: number;
}

/** As a sentence. */
function endText(end: EndOfOne): string {
  const { container, restarts } = end;
  return `${container} ${describeEnd(end)}${restarts === 0 ? '' : `, after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`}`;
}

/** Why an order failed. */
interface Failure {
  error: string;
  fault: Fault;
  /** What the container that failed printed last, as it came. */
  output: string;
}

export interface OrderProgressOptions {
  /** The instance's, as they were baked. */
  roles: readonly Role[];
  /** Where the containers' ports are reached; undefined while that is not known. */
  ownAddress: () => string | undefined;
  steps: Pick<StepRunner, 'giveFiles' | 'report'>;
  warming: Pick<Warming, 'order'>;
  watch: Pick<StartWatch, 'begin' | 'end' | 'close'>;
  recorder: Recorder;
  logger: Logger;
  /** Called with every change of what it reports. */
  onChange: () => void;
}

/** The order that this instance has, and how far it is: told to the coordinator, and measured. */
export class OrderProgress {
  readonly #options: OrderProgressOptions;
  #desired: Desired;
  #state: OrderState | undefined;
  #error = '';
  /** Whose fault it is, once it FAILED. */
  #fault: Fault | undefined;
  /** What a container that failed printed last, masked. */
  #lastOutput = '';
  /** How containers of the order ended, by name. */
  #ends: ReadonlyMap<string, EndOfOne> = new Map();
  #span: OpenSpan | undefined;
  /** The assignment whose files are where they belong. */
  #filesGiven = '';

  /** @param desired what an earlier run of the agent stored */
  constructor(options: OrderProgressOptions, desired: Desired) {
    this.#options = options;
    this.#desired = desired;
    if (desired.phase !== 'run') return;
    // It was stored before a restart, so it was delivered.
    this.#state = 'DELIVERED';
    options.warming.order(desired.order.role);
  }

  get assignmentId(): string {
    return this.#order?.assignmentId ?? '';
  }

  /** The order's, as it was baked; undefined when there is none of that name. */
  get role(): Role | undefined {
    return this.#options.roles.find(({ name }) => name === this.#order?.role);
  }

  /** Whether somebody waits for it. */
  get isBusy(): boolean {
    return this.#desired.phase !== 'idle' && !isSettled(this.#state);
  }

  /** Whether its user has all of it. */
  get isServed(): boolean {
    return this.#state === 'SERVING' || this.#state === 'COMPLETED';
  }

  /** Whether there is nothing to be done for it. */
  get isOver(): boolean {
    return isOver(this.#state, this.#desired.phase);
  }

  /** For whom its steps are done. */
  get context(): StepContext {
    const parent = this.#span === undefined ? {} : { parent: this.#span.id };
    return { assignmentId: this.assignmentId, ...parent };
  }

  get #order(): Order | undefined {
    return this.#desired.phase === 'idle' ? undefined : this.#desired.order;
  }

  /** How its containers ended, in sentences. */
  get ended(): string[] {
    return [...this.#ends.values()].map(endText);
  }

  report(): ObservedOrder | null {
    if (this.#order === undefined || this.#state === undefined) return null;
    const own = this.#options.ownAddress();
    const endpoints = (this.role?.containers ?? []).flatMap((container) => {
      const host = typeof container.publish === 'string' ? container.publish : own;
      if (host === undefined) return [];
      return publishedPorts(container).map((port) => ({ container: container.name, host, port }));
    });
    const hasEndpoints = this.#state === 'STARTED' || this.#state === 'SERVING';
    return {
      assignmentId: this.assignmentId,
      state: `ORDER_STATE_${this.#state}`,
      ...reasonFrom(this.#error),
      fault: this.#fault === undefined ? 'FAULT_UNSPECIFIED' : `FAULT_${this.#fault}`,
      lastOutput: this.#state === 'FAILED' ? this.#lastOutput : '',
      endpoints: hasEndpoints ? endpoints : [],
      containers: [...this.#ends.values()].map((end) => ({ ...end, endTime: timeOf(end.endTime) })),
    };
  }

  /** Takes up what is desired now. @returns whether that is another order than before */
  follow(desired: Desired): boolean {
    const isNew = desired.phase === 'run' && this.assignmentId !== desired.order.assignmentId;
    this.#desired = desired;
    if (isNew) this.#begin(desired.order);
    return isNew;
  }

  #begin({ assignmentId, role }: Order): void {
    const { recorder, warming, watch } = this.#options;
    this.#span = recorder.begin('assignment', { assignmentId, attributes: { 'parbake.role': role } });
    this.#state = undefined;
    this.#error = '';
    this.#fault = undefined;
    this.#lastOutput = '';
    this.#ends = new Map();
    warming.order(role);
    if (this.role !== undefined) watch.begin(this.role);
  }

  /** A new order is durable; what is known of it by then says more. */
  delivered(): void {
    if (this.#state === undefined) this.#advance('DELIVERED');
  }

  /** Before anything of the order runs, and again after a restart of the agent. */
  async giveFiles(order: Order, observed: readonly ObservedContainer[]): Promise<void> {
    if (this.#filesGiven === order.assignmentId || Object.keys(order.files).length === 0) return;
    await this.#options.steps.giveFiles(this.#idsOf(observed), order);
    this.#filesGiven = order.assignmentId;
  }

  /** Takes up how its containers ended, as long as nobody has stopped them. */
  takeEnds(observed: readonly ObservedContainer[], restarts: ReadonlyMap<string, Restarts>): void {
    const order = this.#order;
    if (order === undefined || this.#desired.phase !== 'run' || this.#state === 'COMPLETED') return;
    const mine = observed.filter((each) => isOfOrder(each, order));
    const ends = mine.flatMap(({ id, name, state, end }): [string, EndOfOne][] =>
      state === 'ended' && end !== undefined
        ? [[name, { ...end, container: name, restarts: restarts.get(id)?.count ?? 0 }]]
        : [],
    );
    const isSame = ends.length === this.#ends.size && ends.every(([name]) => this.#ends.has(name));
    this.#ends = new Map(ends);
    if (!isSame && this.#state !== undefined) this.#options.onChange();
  }

  /** What was observed says that it is so far. */
  reach(next: OrderState, observed: readonly ObservedContainer[]): void {
    const before = this.#state;
    // A container that is started again is down for a moment, and its user is served all the same.
    if (before === 'SERVING' && (next === 'STARTING' || next === 'STARTED')) return;
    const { watch } = this.#options;
    this.#advance(next);
    if (next === 'STOPPED') void watch.close();
    // The news is on its way first.
    if (next === 'SERVING' && before !== 'SERVING') setImmediate(() => this.#served(observed));
  }

  #served(observed: readonly ObservedContainer[]): void {
    this.#reportStarts(observed, '');
    void this.#options.watch.end(this.assignmentId, this.#idsOf(observed));
    void this.#span?.end();
    this.#span = undefined;
  }

  /** Something is in the way, and is tried again: the coordinator is told what. */
  hinder(error: string): void {
    if (this.#error === error) return;
    this.#error = error;
    this.#options.onChange();
  }

  /** It cannot be carried out. */
  fail({ error, fault, output }: Failure, observed: readonly ObservedContainer[]): void {
    this.#error = error;
    this.#fault = fault;
    this.#lastOutput = maskedOutput(output, this.#order);
    this.#reportStarts(observed, error);
    this.#advance('FAILED');
    void this.#options.watch.close();
  }

  #reportStarts(observed: readonly ObservedContainer[], error: string): void {
    this.#options.steps.report(new Set(this.#idsOf(observed)), this.assignmentId, error);
  }

  #idsOf(observed: readonly ObservedContainer[]): string[] {
    const order = this.#order;
    if (order === undefined) return [];
    return observed.filter((each) => isOfOrder(each, order)).map(({ id }) => id);
  }

  #advance(state: OrderState): void {
    // What was in the way has passed.
    const error = state === 'FAILED' ? this.#error : '';
    if (this.#state === state && this.#error === error) return;
    const isNews = this.#state !== state;
    this.#state = state;
    this.#error = error;
    this.#options.onChange();
    if (isNews) this.#log(state);
  }

  #log(order: OrderState): void {
    const { ended } = this;
    const failed = order === 'FAILED' ? { reason: this.#error, fault: this.#fault } : {};
    const fields = { order, ...failed, ...(ended.length === 0 ? {} : { ended }) };
    this.#options.logger.info({ assignmentId: this.assignmentId, ...fields }, 'order');
  }
}
