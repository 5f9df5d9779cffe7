import type { Timings } from './model.ts';

/** Is told what happens, at the moment when it does; must return at once. */
export interface Observer {
  /** A step of an assignment happened for the first time. @param ms since Assign */
  step(role: string, step: keyof Timings, ms: number): void;
  attemptFailed(role: string, reason: string): void;
  checkedIn(): void;
}

export const nobody: Observer = { step: () => {}, attemptFailed: () => {}, checkedIn: () => {} };
