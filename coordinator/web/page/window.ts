import type { PageSpan } from '../documents.ts';

/** The stretch of time that a panel shows. Milliseconds since the epoch. */
export interface Window {
  from: number;
  to: number;
}

/** Shortest window, in milliseconds. */
const shortest = 0.05;

export function startOf({ startUnixNs }: Pick<PageSpan, 'startUnixNs'>): number {
  return startUnixNs / 1e6;
}

/** One that is running ends now. */
export function endOf(
  { startUnixNs, endUnixNs }: Pick<PageSpan, 'startUnixNs' | 'endUnixNs'>,
  now: number,
): number {
  return (endUnixNs === 0 ? Math.max(startUnixNs, now * 1e6) : endUnixNs) / 1e6;
}

/** @param factor below 1 for closer. @param at what stays where it is; the middle when absent */
export function zoomed({ from, to }: Window, factor: number, at = (from + to) / 2): Window {
  const length = Math.max(shortest, (to - from) * factor);
  const part = (at - from) / Math.max(shortest, to - from);
  return { from: at - length * part, to: at + length * (1 - part) };
}

/** @param part of the window's length; below 0 for earlier */
export function moved({ from, to }: Window, part: number): Window {
  const by = (to - from) * part;
  return { from: from + by, to: to + by };
}

export function padded({ from, to }: Window): Window {
  const length = Math.max(shortest, to - from);
  return { from: from - length * 0.01, to: from + length * 1.01 };
}

/** As the address has it: milliseconds since the panel's zero, such as `-0.5..49`. */
export function windowText({ from, to }: Window, zero: number): string {
  const digits = to - from < 10 ? 3 : 1;
  return `${(from - zero).toFixed(digits)}..${(to - zero).toFixed(digits)}`;
}

/** @returns undefined for what is not a window */
export function windowIn(text: string, zero: number): Window | undefined {
  const [, from, to] = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(to) <= Number(from)) return undefined;
  return { from: zero + Number(from), to: zero + Number(to) };
}

/** Round times in a window, from a panel's zero. @param most how many there is room for */
export function ticksOf({ from, to }: Window, zero: number, most: number): { at: number; text: string }[] {
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil((from - zero) / step);
  const count = Math.floor((to - zero) / step) - first + 1;
  return Array.from({ length: Math.max(0, Math.min(count, most * 2)) }, (_, index) => {
    const ms = (first + index) * step;
    return { at: zero + ms, text: tickText(ms, step) };
  });
}

function tickText(ms: number, step: number): string {
  const [value, size, unit] = step >= 500 ? [ms / 1000, step / 1000, 's'] : [ms, step, 'ms'];
  const digits = Math.max(0, -Math.floor(Math.log10(size) + 1e-9));
  return `${value === 0 ? 0 : value.toFixed(Math.min(3, digits))} ${unit}`;
}
