import { randomUUID } from 'node:crypto';
import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import type { StartReads } from '../../proto/gen/parbake/v1/StartReads.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import { ioBetween, readIo, type IoCounters, type IoReading } from '../host/io.ts';
import { TurnReadings } from '../host/turn-readings.ts';

export interface SpanContext {
  parent?: string;
  assignmentId?: string;
  attributes?: Record<string, string>;
}

/** A span that has begun. */
export interface OpenSpan {
  readonly id: string;
  /** Milliseconds from its start to now. */
  elapsed(): number;
  end(attributes?: Record<string, string>): Promise<void>;
}

/** Counters of the container that a span is about, as they are read at its two ends. */
export interface OwnIo {
  before: Promise<IoReading>;
  after: () => Promise<IoReading>;
}

export type ReportItem = { span: Span } | { pull: Pull } | { start: ContainerStart } | { reads: StartReads };

/**
 * Measures what the agent does. Durations are monotonic; only a span's start is the wall clock's. I/O is counted between
 * readings that follow each end of a span at once: what begins as another ends shares its reading.
 */
export class Recorder {
  readonly #emit: (item: ReportItem) => void;
  readonly #ioDirectory: string;
  readonly #readings = new TurnReadings<string, IoCounters>(readIo);

  constructor(emit: (item: ReportItem) => void, ioDirectory: string) {
    this.#emit = emit;
    this.#ioDirectory = ioDirectory;
  }

  begin(name: string, context: SpanContext = {}, own?: OwnIo): OpenSpan {
    const id = randomUUID();
    const wall = Date.now();
    const started = performance.now();
    const before = this.#readings.next(this.#ioDirectory);
    return {
      id,
      elapsed: () => performance.now() - started,
      end: async (attributes = {}) => {
        const duration = performance.now() - started;
        const ownAfter = own?.after();
        const io = ioBetween(...(await Promise.all([before, this.#readings.next(this.#ioDirectory)])));
        const containerIo =
          own === undefined ? {} : ioBetween(...(await Promise.all([own.before, ownAfter ?? {}])));
        const { parent = '', assignmentId = '' } = context;
        this.span({
          spanId: id,
          parentId: parent,
          name,
          startUnixNs: wall * 1e6,
          endUnixNs: Math.round(wall * 1e6 + duration * 1e6),
          attributes: { ...context.attributes, ...attributes },
          assignmentId,
          io,
          ...(Object.keys(containerIo).length === 0 ? {} : { containerIo }),
        });
      },
    };
  }

  span(span: Span): void {
    this.#emit({ span });
  }

  pull(pull: Pull): void {
    this.#emit({ pull });
  }

  start(start: ContainerStart): void {
    this.#emit({ start });
  }

  reads(reads: StartReads): void {
    this.#emit({ reads });
  }
}
