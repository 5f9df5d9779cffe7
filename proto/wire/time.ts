/** `google.protobuf.Timestamp` and `google.protobuf.Duration`, which look alike, with both their fields. */
export interface ProtoTime {
  seconds: number;
  nanos: number;
}

/** @param ms since the epoch, or of a duration */
export function timeOf(ms: number): ProtoTime {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** @returns milliseconds, since the epoch or of a duration; undefined when absent */
export function millisecondsOf(time: ProtoTime): number;
export function millisecondsOf(time: ProtoTime | null | undefined): number | undefined;
export function millisecondsOf(time: ProtoTime | null | undefined): number | undefined {
  return time === null || time === undefined ? undefined : time.seconds * 1000 + time.nanos / 1e6;
}
