import type { PageSpan } from '../documents.ts';

/** What of the timeline is looked at. Milliseconds since the epoch. */
export interface Window {
  from: number;
  to: number;
}

/** Milliseconds: two spans that are further apart than this are looked at one after the other. */
const longPause = 30_000;
/** Shortest window, in milliseconds. */
const shortest = 0.05;

export function startOf({ startUnixNs }: PageSpan): number {
  return startUnixNs / 1e6;
}

/** One that is running ends now. */
export function endOf({ startUnixNs, endUnixNs }: PageSpan): number {
  return (endUnixNs === 0 ? Math.max(startUnixNs, Date.now() * 1e6) : endUnixNs) / 1e6;
}

export function wholeOf(spans: readonly PageSpan[]): Window {
  return padded({ from: Math.min(...spans.map(startOf)), to: Math.max(...spans.map(endOf)) });
}

/** What one wants to see first: the start of the instance, up to where nothing happens for long. */
export function firstLook(spans: readonly PageSpan[]): Window {
  const sorted = [...spans].sort((a, b) => startOf(a) - startOf(b));
  const [first] = sorted;
  if (first === undefined) return { from: 0, to: 1 };
  let to = endOf(first);
  for (const span of sorted) {
    if (startOf(span) - to > longPause) break;
    to = Math.max(to, endOf(span));
  }
  return padded({ from: startOf(first), to });
}

export function around(span: PageSpan): Window {
  return padded({ from: startOf(span), to: endOf(span) });
}

/** @param factor below 1 for closer */
export function zoomed({ from, to }: Window, factor: number): Window {
  const middle = (from + to) / 2;
  const half = Math.max(shortest, (to - from) * factor) / 2;
  return { from: middle - half, to: middle + half };
}

/** @param part of the window's length; below 0 for earlier */
export function moved({ from, to }: Window, part: number): Window {
  const by = (to - from) * part;
  return { from: from + by, to: to + by };
}

function padded({ from, to }: Window): Window {
  const length = Math.max(shortest, to - from);
  return { from: from - length * 0.01, to: from + length * 1.01 };
}
