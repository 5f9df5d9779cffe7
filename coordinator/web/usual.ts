import type { RequestUseCases } from '../store/requests.ts';
import { usualWait, type UsualWait } from '../insight/wait.ts';

/** How many assignments of a role say what is usual. */
const lastOfRole = 200;
/** How long what is usual is reused, in milliseconds: reading it takes some, and every open page asks after every change. */
const maxAge = 10_000;

/** What assignments of a role usually take, of the last ones. */
export class UsualWaits {
  readonly #store: Pick<RequestUseCases, 'assignments'>;
  readonly #known = new Map<string, { at: number; usual: Promise<UsualWait | undefined> }>();

  constructor(store: Pick<RequestUseCases, 'assignments'>) {
    this.#store = store;
  }

  async of(role: string, now: number): Promise<UsualWait | undefined> {
    const known = this.#known.get(role);
    if (known !== undefined && now >= known.at && now - known.at < maxAge) return await known.usual;
    for (const [name, { at }] of this.#known) if (now - at >= maxAge) this.#known.delete(name);
    const usual = this.#read(role);
    this.#known.set(role, { at: now, usual });
    try {
      return await usual;
    } catch (cause) {
      this.#known.delete(role);
      throw cause;
    }
  }

  async #read(role: string): Promise<UsualWait | undefined> {
    const last = await this.#store.assignments({ role, liveOnly: false, limit: lastOfRole });
    return usualWait(last.map(({ timings, attempts }) => ({ timings, attempts: attempts.length })));
  }
}
