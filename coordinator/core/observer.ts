import type { ParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment, Timings } from './model.ts';

/** A request for an instance that was refused before it became an assignment. */
export interface RefusedRequest {
  role: string;
  traceparent: string;
  tracestate: string;
  /** Milliseconds since the epoch. */
  receivedTime: number;
}

/** Is told what happens, at the moment when it does; must return at once. */
export interface Observer {
  /** A step of an assignment happened for the first time. @param ms since Assign */
  step(role: string, step: keyof Timings, ms: number): void;
  attemptFailed(role: string, reason: string): void;
  checkedIn(): void;
  /** Every readiness check of an assignment held, for the first time. */
  served(assignment: Assignment): void;
  /** An assignment is over without ever having served. @param at milliseconds since the epoch */
  failed(assignment: Assignment, error: ParbakeError, at: number): void;
  refused(request: RefusedRequest, error: ParbakeError, at: number): void;
}

export const nobody: Observer = {
  step: () => {},
  attemptFailed: () => {},
  checkedIn: () => {},
  served: () => {},
  failed: () => {},
  refused: () => {},
};

/** What becomes of assignments. */
export type OutcomeObserver = Pick<Observer, 'served' | 'failed' | 'refused'>;

/** The same observer, and somebody else who is told of outcomes. */
export function withOutcomes(observer: Observer, other: OutcomeObserver): Observer {
  return {
    step: (...told) => observer.step(...told),
    attemptFailed: (...told) => observer.attemptFailed(...told),
    checkedIn: () => observer.checkedIn(),
    served(...told) {
      observer.served(...told);
      other.served(...told);
    },
    failed(...told) {
      observer.failed(...told);
      other.failed(...told);
    },
    refused(...told) {
      observer.refused(...told);
      other.refused(...told);
    },
  };
}
