import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { aborted } from '../../../proto/process/tasks.ts';
import type { Answer, Call, Failure, FromThread, ThreadData, ToThread } from './messages.ts';

/** Beside a bundle it is a bundle too; in a checkout it runs from its source. */
const bundled = new URL('./parbake-coordinator-store.js', import.meta.url);
const source = new URL('./worker.ts', import.meta.url);

const threadEnded = 'the thread of the store ended';

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: ParbakeError) => void;
}

/** This side of a thread of the store. What is asked for in one turn of the loop is sent together. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  readonly #failed = new AbortController();
  #calls: Call[] = [];
  #nextId = 1;
  #failure: ParbakeError | undefined;
  #isClosing = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(new ParbakeError('STORE_FAILED', this.#isClosing ? 'the store is closed' : threadEnded));
        resolve();
      });
    });
    worker.on('error', (cause: unknown) =>
      this.#fail(new ParbakeError('STORE_FAILED', threadEnded, { cause })),
    );
  }

  /** @throws ParbakeError STORE_FAILED */
  static async open(data: ThreadData): Promise<StoreThread> {
    const worker = new Worker(existsSync(fileURLToPath(bundled)) ? bundled : source, { workerData: data });
    const thread = new StoreThread(worker);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'open') resolve();
        else if (message.kind === 'refused') reject(errorOf(message.failure));
        else if (message.kind === 'ended') thread.#fail(errorOf(message.failure));
        else thread.#answer(message.answers);
      });
      worker.once('error', reject);
    });
    return thread;
  }

  /** @throws ParbakeError that the use case threw, or STORE_FAILED */
  async call(name: Call['name'], args: readonly unknown[]): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#calls.length === 0) setImmediate(() => this.#send());
    const id = this.#nextId++;
    this.#calls.push({ id, name, args });
    return await new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** Runs until the signal aborts. @throws Error when the thread ends before it is closed */
  async watch(signal: AbortSignal): Promise<void> {
    await aborted(AbortSignal.any([signal, this.#failed.signal]));
    if (this.#failure !== undefined && !this.#isClosing)
      throw new Error(this.#failure.message, { cause: this.#failure });
  }

  /** Finishes what was asked for. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#send();
    this.#worker.postMessage({ kind: 'close' } satisfies ToThread);
    await this.#ended;
  }

  #send(): void {
    const calls = this.#calls;
    this.#calls = [];
    if (calls.length > 0) this.#worker.postMessage({ kind: 'calls', calls } satisfies ToThread);
  }

  #answer(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('failure' in answer) pending?.reject(errorOf(answer.failure));
      else pending?.resolve(answer.result);
    }
  }

  #fail(error: ParbakeError): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#failed.abort();
  }
}

function errorOf({ code, message, details, stack }: Failure): ParbakeError {
  const error = new ParbakeError(code, message, details);
  error.stack = stack;
  return error;
}
