import type { News } from '../peers.ts';

/** Bytes of one message; PostgreSQL takes 8,000. */
const maxPayload = 7_000;

const lists = ['instances', 'assignments', 'trust', 'doubted'] as const;

/** News that wait to be told, each once. */
export class NewsBatch {
  readonly #waiting = new Map<(typeof lists)[number], Set<string>>(lists.map((list) => [list, new Set()]));
  #tokens = false;

  get isEmpty(): boolean {
    return !this.#tokens && [...this.#waiting.values()].every((ids) => ids.size === 0);
  }

  add(news: News): void {
    for (const list of lists) for (const id of news[list] ?? []) this.#waiting.get(list)?.add(id);
    this.#tokens ||= news.tokens === true;
  }

  /** @returns the messages that tell everything that waits */
  take(from: string): string[] {
    const messages: string[] = this.#tokens ? [JSON.stringify({ from, tokens: true })] : [];
    this.#tokens = false;
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
    const tokens = 'tokens' in read && read.tokens === true ? { tokens: true as const } : {};
    return { from: read.from, ...Object.fromEntries(ids), ...tokens };
  } catch {
    return undefined;
  }
}
