/** A READY instance that offers the role which is wanted. */
export interface Candidate {
  instanceId: string;
  /** What the role, as it was baked into this instance, takes from an assignment. */
  userEnv: readonly string[];
}

/**
 * The instance to take: the first that can be reached and whose baked role takes every variable of the order. An
 * instance that would refuse the order must not be tried with it: it would be set aside for nothing.
 * @param candidates the one that has waited longest first; read only as far as needed
 */
export function place(
  candidates: Iterable<Candidate>,
  variables: readonly string[],
  isConnected: (instanceId: string) => boolean,
): string | undefined {
  for (const { instanceId, userEnv } of candidates) {
    if (isConnected(instanceId) && variables.every((name) => userEnv.includes(name))) return instanceId;
  }
  return undefined;
}
