/**
 * An answer that takes long to work out. Whoever asks a little later gets the same one, and of those who ask while one is
 * worked out all get the next one, which began after they asked.
 */
export class SharedAnswer<T> {
  readonly #read: () => Promise<T>;
  readonly #keptFor: (answer: T) => number;
  #pending: Promise<T> | undefined;
  #known: { answer: T; until: number } | undefined;

  /** @param keptFor milliseconds for which an answer is good, from when it was begun */
  constructor(read: () => Promise<T>, keptFor: (answer: T) => number) {
    this.#read = read;
    this.#keptFor = keptFor;
  }

  async get(): Promise<T> {
    const known = this.#fresh();
    if (known !== undefined) return known.answer;
    const earlier = this.#pending;
    if (earlier !== undefined) {
      // Whoever asked for it is told when it fails.
      await earlier.catch(() => {});
      const answered = this.#fresh();
      if (answered !== undefined) return answered.answer;
    }
    this.#pending ??= this.#begin();
    return await this.#pending;
  }

  #fresh(): { answer: T } | undefined {
    return this.#known !== undefined && performance.now() < this.#known.until ? this.#known : undefined;
  }

  async #begin(): Promise<T> {
    const begun = performance.now();
    try {
      const answer = await this.#read();
      this.#known = { answer, until: begun + this.#keptFor(answer) };
      return answer;
    } finally {
      this.#pending = undefined;
    }
  }
}
