/** What a process saw, in the order in which it saw it. A process that is killed goes on with the history that it wrote. */
export type Entry = CallerEntry | AgentEntry | WatcherEntry;

/** What callers ask for, and what they are told. Whatever is asked for is written before it is asked. */
export type CallerEntry =
  | { kind: 'asked'; requestId: string }
  | { kind: 'acknowledged'; requestId: string; assignmentId: string; instanceId: string }
  | { kind: 'released'; assignmentId: string };

/** What agents are sent, and what they do. Whatever is done is written before it is told. */
export type AgentEntry =
  | { kind: 'born'; instanceId: string }
  | { kind: 'sent'; instanceId: string; generation: number; phase: string; assignmentId: string }
  | { kind: 'executed'; instanceId: string; generation: number; assignmentId: string }
  | { kind: 'applied'; instanceId: string; generation: number }
  | { kind: 'retired'; instanceId: string };

/** What somebody saw who watched the events, over each restart of the coordinator. */
export interface WatcherEntry {
  kind: 'event';
  cursor: number;
}

/** An assignment as the coordinator tells of it once nothing is killed any more. */
export interface FinalAssignment {
  assignmentId: string;
  requestId: string;
  state: string;
  /** The oldest comes first; an outcome is without its prefix. */
  attempts: readonly { instanceId: string; outcome: string }[];
}

/** Everything that the checker judges. */
export interface History {
  entries: readonly Entry[];
  final: {
    assignments: readonly FinalAssignment[];
    /** Every event that the store has, in its order. */
    cursors: readonly number[];
  };
}

/** @param text lines of JSON; the last one may be cut off by a kill */
export function entriesIn(text: string): Entry[] {
  const lines = text.split('\n');
  // What is behind the last line break was never whole.
  return lines.slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line) as Entry];
    } catch {
      // A kill cut this line off, and the next process went on behind it.
      return [];
    }
  });
}
