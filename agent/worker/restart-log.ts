import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterRestart, type Restarts } from '../core/order/restart.ts';
import type { ContainerEnd } from '../core/order/container-end.ts';

/** How often containers were restarted, by id: kept on a tmpfs, so that a restarted agent does not count anew. */
export class RestartLog {
  readonly #path: string;
  readonly #restarts: Map<string, Restarts>;

  /** @param path on a tmpfs */
  constructor(path: string) {
    this.#path = path;
    this.#restarts = read(path);
  }

  get all(): ReadonlyMap<string, Restarts> {
    return this.#restarts;
  }

  /** A container was started again. */
  note(id: string, end: ContainerEnd): void {
    this.#restarts.set(id, afterRestart(end, this.#restarts.get(id), Date.now()));
    this.#write();
  }

  forget(id: string): void {
    if (this.#restarts.delete(id)) this.#write();
  }

  /** What cannot be written is known until the agent ends; a container is worth more. */
  #write(): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(`${this.#path}.tmp`, JSON.stringify([...this.#restarts]), { mode: 0o600 });
      renameSync(`${this.#path}.tmp`, this.#path);
    } catch {
      // The next restart writes all of it.
    }
  }
}

function read(path: string): Map<string, Restarts> {
  try {
    const entries: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, Restarts] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const restarts: unknown = entry[1];
  if (typeof restarts !== 'object' || restarts === null) return false;
  const figures = [
    Reflect.get(restarts, 'count'),
    Reflect.get(restarts, 'inRow'),
    Reflect.get(restarts, 'startedAt'),
  ];
  return figures.every((figure: unknown) => Number.isFinite(figure));
}
