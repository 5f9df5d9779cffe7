/** Failures whose output is kept. With 2,000 characters each they take some megabytes. */
const maxKept = 1_000;

/**
 * What the containers of failed assignments printed last, for their owners. It may hold what an owner would not want
 * anybody else to read, so it is in memory alone.
 */
export class LastOutputs {
  readonly #kept = new Map<string, { instanceId: string; text: string }>();

  /** @param instanceId whose agent says so */
  note(assignmentId: string, instanceId: string, text: string): void {
    this.#kept.delete(assignmentId);
    this.#kept.set(assignmentId, { instanceId, text });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** @returns empty when nothing is known, or when an instance said it that the assignment was never on */
  of({
    assignmentId,
    attempts,
  }: {
    assignmentId: string;
    attempts: readonly { instanceId: string }[];
  }): string {
    const found = this.#kept.get(assignmentId);
    if (found === undefined) return '';
    return attempts.some(({ instanceId }) => instanceId === found.instanceId) ? found.text : '';
  }
}
