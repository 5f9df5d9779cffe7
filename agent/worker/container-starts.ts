import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { ContainerSpec, PrepareLevel } from '../../proto/recipe/role.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { OwnIo, Recorder } from '../report/recorder.ts';

/** The assignment that a step serves. */
export interface StepContext {
  parent?: string;
  /** Empty while there is none. */
  assignmentId: string;
}

/** A part of a container's start that is measured. */
export interface MeasuredPart {
  /** Name of the span. */
  span: string;
  /** The container's name in its role. */
  container: string;
  /** The figure of the container's start that this part fills in. */
  figure?: `${'create' | 'start' | 'exec' | 'ready'}Duration`;
  /** Counters of the container, where it already runs. */
  own?: OwnIo | undefined;
}

/** Measures how each container starts, part by part, until the whole start is reported. */
export class ContainerStarts {
  readonly #recorder: Recorder;
  /** What each start took, by container id. */
  readonly #starts = new Map<string, ContainerStart>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Records a span around the work. @param work returns the container's id */
  async measure(part: MeasuredPart, context: StepContext, work: () => Promise<string>): Promise<void> {
    const attributes = { 'container.name': part.container };
    const span = this.#recorder.begin(part.span, { ...context, attributes }, part.own);
    try {
      const id = await work();
      const known = this.#starts.get(id);
      if (part.figure !== undefined && known !== undefined)
        this.#starts.set(id, { ...known, [part.figure]: durationOf(span.elapsed()) });
    } finally {
      void span.end();
    }
  }

  /** A container was created. */
  created(id: string, container: ContainerSpec, prepared: PrepareLevel, assignmentId: string): void {
    const { name, image } = container;
    const startTime = timeOf(Date.now());
    this.#starts.set(id, { name, image, containerId: id, prepared, startTime, assignmentId });
  }

  /** A container ended before it was assigned. */
  ended(id: string, name: string, error: string): void {
    const start = this.#starts.get(id) ?? { name, containerId: id, startTime: timeOf(Date.now()) };
    this.#recorder.start({ ...start, ...reasonFrom(error) });
  }

  /**
   * Reports the starts of an assignment's containers, once.
   * @param error why the assignment failed; empty when it did not
   */
  report(ids: ReadonlySet<string>, assignmentId: string, error: string): void {
    for (const [id, start] of this.#starts) {
      if (!ids.has(id)) continue;
      this.#recorder.start({ ...start, assignmentId, ...reasonFrom(error) });
      this.#starts.delete(id);
    }
  }

  forget(id: string): void {
    this.#starts.delete(id);
  }
}
