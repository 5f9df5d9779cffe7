import type { Entry, History } from './history.ts';

/** What a history must not show. */
export interface Violation {
  invariant: string;
  what: string;
}

/** Finds what contradicts one invariant, as sentences. */
export type Invariant = (history: History) => string[];

/** Checks a history. Others add invariants of their own, about entries of their own. */
export function violationsOf(
  history: History,
  checked: Readonly<Record<string, Invariant>> = invariants,
): Violation[] {
  return Object.entries(checked).flatMap(([invariant, check]) =>
    check(history).map((what) => ({ invariant, what })),
  );
}

/** Whatever is killed. */
export const invariants: Readonly<Record<string, Invariant>> = {
  'an acknowledgement is kept': keptAcknowledgements,
  'an id has one answer': oneAnswer,
  'a request is answered': answered,
  'an instance has one user': oneUser,
  'an order is executed once': executedOnce,
  'an order is delivered': delivered,
  'a generation only grows': growingGenerations,
  'a generation has one content': oneContent,
  'events have no gap': noGap,
};

function keptAcknowledgements({ entries, final }: History): string[] {
  const known = new Map(final.assignments.map((one) => [one.assignmentId, one]));
  return ofKind(entries, 'acknowledged').flatMap(({ requestId, assignmentId, instanceId }) => {
    const found = known.get(assignmentId);
    if (found === undefined) return [`assignment ${assignmentId} was acknowledged and is gone`];
    if (found.requestId !== requestId)
      return [`assignment ${assignmentId} was acknowledged to ${requestId} and has id ${found.requestId}`];
    if (instanceId !== '' && !found.attempts.some((attempt) => attempt.instanceId === instanceId))
      return [`assignment ${assignmentId} was acknowledged on ${instanceId}, which it was never on`];
    return [];
  });
}

function oneAnswer({ entries, final }: History): string[] {
  const answers = [...ofKind(entries, 'acknowledged'), ...final.assignments];
  return [
    ...severalOf(answers, 'requestId', 'assignmentId').map(
      ([id, found]) => `request ${id} has answers ${found}`,
    ),
    ...severalOf(answers, 'assignmentId', 'requestId').map(
      ([id, found]) => `assignment ${id} answers requests ${found}`,
    ),
  ];
}

/** Callers ask until they are answered. */
function answered({ entries }: History): string[] {
  const told = new Set(ofKind(entries, 'acknowledged').map(({ requestId }) => requestId));
  return ofKind(entries, 'asked')
    .filter(({ requestId }) => !told.has(requestId))
    .map(({ requestId }) => `request ${requestId} was never answered`);
}

/** What never got its order, and was released, may be given to somebody else: nobody's containers were on it. */
function oneUser({ entries, final }: History): string[] {
  const held = final.assignments.flatMap(({ assignmentId, attempts }) =>
    attempts
      .filter(({ outcome }) => outcome === 'RUNNING')
      .map(({ instanceId }) => ({ instanceId, assignmentId })),
  );
  return severalOf([...ofKind(entries, 'executed'), ...held], 'instanceId', 'assignmentId').map(
    ([id, found]) => `instance ${id} was given to assignments ${found}`,
  );
}

function executedOnce({ entries, final }: History): string[] {
  const known = new Map(final.assignments.map((one) => [one.assignmentId, one]));
  const executed = ofKind(entries, 'executed');
  const counts = Map.groupBy(executed, ({ instanceId, assignmentId }) => `${assignmentId} on ${instanceId}`);
  const twice = [...counts]
    .filter(([, found]) => found.length > 1)
    .map(([where, found]) => `assignment ${where} was executed ${found.length} times`);
  const foreign = executed.flatMap(({ instanceId, assignmentId }) =>
    known.get(assignmentId)?.attempts.some((attempt) => attempt.instanceId === instanceId) === true
      ? []
      : [`${instanceId} executed assignment ${assignmentId}, which was never on it`],
  );
  const running = final.assignments.flatMap(({ assignmentId, attempts }) => {
    const open = attempts.filter(({ outcome }) => outcome === 'RUNNING');
    return open.length > 1 ? [`assignment ${assignmentId} runs on ${open.length} instances`] : [];
  });
  return [...twice, ...foreign, ...running];
}

/** An assignment in one of these states has a user who waits for what it runs. */
const live = ['CLAIMED', 'DELIVERED', 'STARTING', 'SERVING'];

export function delivered({ entries, final }: History): string[] {
  const executed = new Set(
    ofKind(entries, 'executed').map(({ instanceId, assignmentId }) => `${assignmentId} ${instanceId}`),
  );
  return final.assignments
    .filter(({ state }) => live.includes(state))
    .flatMap(({ assignmentId, state, attempts }) => {
      const instanceId = attempts.at(-1)?.instanceId ?? '';
      if (executed.has(`${assignmentId} ${instanceId}`)) return [];
      return [`assignment ${assignmentId} is ${state}, and ${instanceId} never got its order`];
    });
}

function growingGenerations({ entries }: History): string[] {
  const highest = new Map<string, number>();
  return ofKind(entries, 'sent').flatMap(({ instanceId, generation }) => {
    const before = highest.get(instanceId) ?? 0;
    highest.set(instanceId, Math.max(before, generation));
    return generation < before ? [`${instanceId} was sent generation ${generation} after ${before}`] : [];
  });
}

function oneContent({ entries }: History): string[] {
  const contents = ofKind(entries, 'sent').map(({ instanceId, generation, phase, assignmentId }) => ({
    generation: `${generation} of ${instanceId}`,
    content: `${phase} ${assignmentId}`,
  }));
  return severalOf(contents, 'generation', 'content').map(([id, found]) => `generation ${id} means ${found}`);
}

/** Whoever watches with a cursor sees each event of the store once and in order, up to the last one that it saw. */
function noGap({ entries, final }: History): string[] {
  const seen = ofKind(entries, 'event').map(({ cursor }) => cursor);
  const disordered = seen.flatMap((cursor, index) =>
    index > 0 && cursor <= (seen[index - 1] ?? 0) ? [`event ${cursor} came after ${seen[index - 1]}`] : [],
  );
  const [there, known] = [new Set(seen), new Set(final.cursors)];
  const [first = 0, last = 0] = [seen[0], seen.at(-1)];
  const missed = final.cursors
    .filter((cursor) => cursor > first && cursor < last && !there.has(cursor))
    .map((cursor) => `event ${cursor} was never seen`);
  const gone = seen.filter((cursor) => !known.has(cursor)).map((cursor) => `event ${cursor} is gone`);
  return [...disordered, ...missed, ...gone];
}

type Kind = Entry['kind'];

function ofKind<K extends Kind>(entries: readonly Entry[], kind: K): Extract<Entry, { kind: K }>[] {
  return entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
}

/** @returns each value of `by` with which several values of `of` were seen, and those */
function severalOf<By extends string, Of extends string>(
  all: readonly Readonly<Record<By | Of, string>>[],
  by: By,
  of: Of,
): [id: string, found: string][] {
  return [...Map.groupBy(all, (one) => one[by])].flatMap(([id, found]): [string, string][] => {
    const values = new Set(found.map((one) => one[of]));
    return values.size > 1 ? [[id, [...values].join(', ')]] : [];
  });
}
