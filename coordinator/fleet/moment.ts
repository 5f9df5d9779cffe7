import type { Moment } from '../core/model.ts';

/** The present moment on both clocks. */
export function moment(): Moment {
  return { now: Date.now(), steady: performance.timeOrigin + performance.now() };
}
