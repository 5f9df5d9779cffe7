import type { News } from '../peers.ts';

/** Bytes of one message; PostgreSQL takes 8,000. */
const maxPayload = 7_000;

const lists = ['instances', 'assignments', 'trust', 'doubted'] as const;

/** News that wait to be told, each once. */
export class NewsBatch {
  readonly #waiting = new Map<(typeof lists)[number], Set<string>>(lists.map((list) => [list, new Set()]));
  #tokens = false;
  #missed = false;

  get isEmpty(): boolean {
    return !this.#tokens && !this.#missed && [...this.#waiting.values()].every((ids) => ids.size === 0);
  }

  add(news: News): void {
    for (const list of lists) for (const id of news[list] ?? []) this.#waiting.get(list)?.add(id);
    this.#tokens ||= news.tokens === true;
    this.#missed ||= news.missed === true;
  }

  /** @returns the messages that tell everything that waits */
  take(from: string): string[] {
    const messages: string[] = [];
    if (this.#missed) messages.push(JSON.stringify({ from, missed: true }));
    if (this.#tokens) messages.push(JSON.stringify({ from, tokens: true }));
    [this.#missed, this.#tokens] = [false, false];
    for (const [list, ids] of this.#waiting) {
      let some: string[] = [];
      let size = 0;
      const end = (): void => {
        if (some.length > 0) messages.push(JSON.stringify({ from, [list]: some }));
        [some, size] = [[], 0];
      };
      for (const id of ids) {
        const bytes = Buffer.byteLength(JSON.stringify(id)) + 1;
        if (size + bytes > maxPayload) end();
        some.push(id);
        size += bytes;
      }
      end();
      ids.clear();
    }
    return messages;
  }
}

/** @returns undefined for what no coordinator of this version says: whoever may connect to the database may send anything */
export function readNews(payload: string): (News & { from: string }) | undefined {
  try {
    const read: unknown = JSON.parse(payload);
    if (typeof read !== 'object' || read === null || !('from' in read) || typeof read.from !== 'string')
      return undefined;
    const entries = Object.entries(read);
    const ids = lists.flatMap((list) => {
      const [, value] = entries.find(([key]) => key === list) ?? [];
      return Array.isArray(value) ? [[list, value.filter((id) => typeof id === 'string')] as const] : [];
    });
    const isSaid = (flag: string): boolean => entries.some(([key, value]) => key === flag && value === true);
    return {
      from: read.from,
      ...Object.fromEntries(ids),
      ...(isSaid('tokens') ? { tokens: true as const } : {}),
      ...(isSaid('missed') ? { missed: true as const } : {}),
    };
  } catch {
    return undefined;
  }
}
