/** A caller's place in its trace, as W3C's Trace Context has it. */
export interface Traceparent {
  traceId: string;
  spanId: string;
  /** The lowest bit says that the caller keeps this trace. */
  traceFlags: number;
}

/** @returns undefined for what is none; a caller that sends nonsense gets its instance all the same */
export function traceparentOf(header: string): Traceparent | undefined {
  const [, version, traceId, spanId, flags] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Version 0 has four fields and no more; ff is forbidden; zeros name nothing.
  const isSound = version !== 'ff' && (version !== '00' || header.length === 55);
  if (!isSound || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}
