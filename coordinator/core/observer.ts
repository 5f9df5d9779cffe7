import type { Assignment, Timings } from './model.ts';

/** Is told what happens, at the moment when it does; must return at once. */
export interface Observer {
  /** A step of an assignment happened for the first time. @param ms since Assign */
  step(role: string, step: keyof Timings, ms: number): void;
  attemptFailed(role: string, reason: string): void;
  checkedIn(): void;
  /** Every readiness check of an assignment held, for the first time. */
  served(assignment: Assignment): void;
}

export const nobody: Observer = {
  step: () => {},
  attemptFailed: () => {},
  checkedIn: () => {},
  served: () => {},
};

/** The same observer, and somebody else who is told of what is served. */
export function withServed(observer: Observer, served: Observer['served']): Observer {
  return {
    step: (...told) => observer.step(...told),
    attemptFailed: (...told) => observer.attemptFailed(...told),
    checkedIn: () => observer.checkedIn(),
    served(assignment) {
      observer.served(assignment);
      served(assignment);
    },
  };
}
