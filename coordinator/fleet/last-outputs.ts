/** Instances whose output is kept. With 2,000 characters each they take some megabytes. */
const maxKept = 1_000;

/**
 * What the containers of failed assignments printed last, for their owners. It may hold what an owner would not want
 * anybody else to read, so it is in memory alone.
 */
export class LastOutputs {
  /**
   * Keyed by instance. An instance has one assignment in its life, so what its agent says of another assignment replaces nothing
   * here.
   */
  readonly #kept = new Map<string, { assignmentId: string; text: string }>();

  /** @param instanceId whose agent says so */
  note(assignmentId: string, instanceId: string, text: string): void {
    this.#kept.delete(instanceId);
    this.#kept.set(instanceId, { assignmentId, text });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** @returns empty when no instance that the assignment was on said anything; else what the last one said */
  of({
    assignmentId,
    attempts,
  }: {
    assignmentId: string;
    attempts: readonly { instanceId: string }[];
  }): string {
    const said = attempts.flatMap(({ instanceId }) => this.#kept.get(instanceId) ?? []);
    return said.findLast((one) => one.assignmentId === assignmentId)?.text ?? '';
  }
}
