/** How a container ended; see ContainerEnd in assignment.proto. */
export interface ContainerEnd {
  exitCode: number;
  /** The signal that ended it, such as `SIGSEGV`; empty when it exited by itself. */
  signal: string;
  /** It exceeded its own memory limit. */
  oomKilled: boolean;
  /** The machine ran out of memory. */
  hostOomKilled: boolean;
  /** It ended with Docker, or with the machine. */
  engineRestarted: boolean;
  /** Somebody outside of the container and of Parbake ended it. */
  killedFromOutside: boolean;
  /** Milliseconds since the epoch, on the instance's clock. */
  endTime: number;
}

/** What Docker and the kernel say about a container that has ended. Times are milliseconds since the epoch. */
export interface EndEvidence {
  /** Docker's: 128 and the signal's number for a first process that a signal ended. */
  exitCode: number;
  /** Docker's: the kernel killed a process of the container for lack of memory. */
  oomKilled: boolean;
  hasMemoryLimit: boolean;
  startedAt: number;
  finishedAt: number;
  /** Whether Docker was asked to stop it or to send it a signal that ends it. */
  wasAskedToEnd: boolean;
  /** When Docker last started; undefined when it does not say. */
  engineStartedAt: number | undefined;
  bootedAt: number;
  /** Whether the kernel has killed any process of the machine for lack of memory shortly before it ended. */
  hostKilledForMemory: boolean;
}

/**
 * Docker stops its containers before it ends, and a package's upgrade starts it again after a while; a Docker that was
 * killed ends them when it comes back. Milliseconds.
 */
const beforeEngineStart = 120_000;
const afterEngineStart = 15_000;

/** Tells apart the causes that share an exit code, such as 137. */
export function endFrom(evidence: EndEvidence): ContainerEnd {
  const { exitCode, startedAt, finishedAt, engineStartedAt, bootedAt } = evidence;
  const signal = signalOf(exitCode);
  const isSilentKill = signal === 'SIGKILL' && !evidence.wasAskedToEnd;
  const endedWithEngine =
    engineStartedAt !== undefined &&
    startedAt < engineStartedAt &&
    finishedAt > engineStartedAt - beforeEngineStart &&
    finishedAt < engineStartedAt + afterEngineStart;
  const isSeenKilled = evidence.oomKilled;
  const engineRestarted = !isSeenKilled && (endedWithEngine || finishedAt < bootedAt);
  // Docker 20.10 does not always see it, with control groups of version 1.
  const isKilledForMemory =
    isSeenKilled || (!engineRestarted && isSilentKill && evidence.hostKilledForMemory);
  const oomKilled = isKilledForMemory && evidence.hasMemoryLimit;
  const hostOomKilled = isKilledForMemory && !evidence.hasMemoryLimit;
  const killedFromOutside =
    !isKilledForMemory && !engineRestarted && (evidence.wasAskedToEnd || isSilentKill);
  return {
    exitCode,
    signal,
    oomKilled,
    hostOomKilled,
    engineRestarted,
    killedFromOutside,
    endTime: finishedAt,
  };
}

/** Linux's signals from 1, which have the same numbers on x86 and ARM. */
const signals = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT ' +
  'CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

function signalOf(exitCode: number): string {
  const name = signals[exitCode - 129];
  return name === undefined ? '' : `SIG${name}`;
}

/** Whether the machine ended it, and not the container itself. */
export function isMachines({ hostOomKilled, engineRestarted, killedFromOutside }: ContainerEnd): boolean {
  return hostOomKilled || engineRestarted || killedFromOutside;
}

/** Whether it did what it was made for. */
export function isCompleted(end: ContainerEnd): boolean {
  return end.exitCode === 0 && !end.oomKilled && !isMachines(end);
}

/** Describes the end in words that follow a container's name. */
export function describeEnd(end: ContainerEnd): string {
  const { exitCode, signal } = end;
  if (end.oomKilled) return 'was killed because it exceeded its memory limit';
  if (end.hostOomKilled) return 'was killed because the instance ran out of memory';
  if (end.engineRestarted) return 'ended because Docker or the instance was restarted';
  if (end.killedFromOutside)
    return `was killed from outside (${signal === '' ? `exit code ${exitCode}` : signal})`;
  return signal === '' ? `exited with code ${exitCode}` : `ended with ${signal} (exit code ${exitCode})`;
}
