/** `google.protobuf.Timestamp` and `google.protobuf.Duration`, which look alike, with both their fields. */
export interface ProtoTime {
  seconds: number;
  nanos: number;
}

/** @param ms since the epoch */
export function timeOf(ms: number): ProtoTime {
  return withCarry(Math.floor(ms / 1000), ms);
}

/** @param ms a length of time. In a negative one both fields are negative, which is what protobuf asks for */
export function durationOf(ms: number): ProtoTime;
export function durationOf(ms: number | undefined): ProtoTime | undefined;
export function durationOf(ms: number | undefined): ProtoTime | undefined {
  return ms === undefined ? undefined : withCarry(Math.trunc(ms / 1000), ms);
}

function withCarry(seconds: number, ms: number): ProtoTime {
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  // The rounding can fill the second. Adding 0 turns -0 into 0.
  if (Math.abs(nanos) >= 1e9) return { seconds: seconds + Math.sign(nanos), nanos: 0 };
  return { seconds: seconds + 0, nanos: nanos + 0 };
}

/** @returns milliseconds, since the epoch or of a duration; undefined when absent */
export function millisecondsOf(time: ProtoTime): number;
export function millisecondsOf(time: ProtoTime | null | undefined): number | undefined;
export function millisecondsOf(time: ProtoTime | null | undefined): number | undefined {
  return time === null || time === undefined ? undefined : time.seconds * 1000 + time.nanos / 1e6;
}

/** Whether a duration is one by protobuf's rules: at most some 10,000 years, and both fields of one sign. */
export function isDuration({ seconds, nanos }: ProtoTime): boolean {
  return Math.abs(seconds) <= 315_576_000_000 && Math.abs(nanos) < 1e9 && seconds * nanos >= 0;
}
