import { join } from 'node:path';
import { giveOrder, type Given } from '../../agent/hold/give-order.ts';
import { holdFrame } from '../../agent/hold/order-document.ts';
import { HoldPlaces, type Readers } from '../../agent/hold/places.ts';
import { placeKeyFrom, type PlaceKey } from '../../agent/core/order/place-key.ts';
import { buildGate } from '../../packaging/dev/gate-build.ts';
import { runToEnd } from '../testbed/command.ts';
import { startProgram, type Started } from '../testbed/processes.ts';
import { waitFor } from '../testbed/wait.ts';

/** Orders that programs of this machine read themselves, without a container around them. */
export class HeldPrograms {
  readonly places: HoldPlaces;
  readonly #directory: string;
  readonly #programs: Started[] = [];
  readonly #keys: PlaceKey[] = [];

  private constructor(directory: string, gate: string) {
    this.#directory = directory;
    this.places = new HoldPlaces(join(directory, 'hold'), gate);
  }

  static async in(directory: string): Promise<HeldPrograms> {
    return new HeldPrograms(directory, await buildGate());
  }

  async place(): Promise<PlaceKey> {
    const key = await this.places.make();
    this.#keys.push(key);
    return key;
  }

  /** A place that another process made here. */
  adopt(text: string): PlaceKey {
    const key = placeKeyFrom(text);
    if (key === undefined) throw new Error(`"${text}" is not the key of a place`);
    this.#keys.push(key);
    return key;
  }

  orderOf(key: PlaceKey): string {
    return join(this.places.shown(key), 'order');
  }

  /** Starts a program that finds its order as it would in a container. */
  start(key: PlaceKey, words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const [program = '', ...args] = words;
    const log = join(this.#directory, `program-${this.#programs.length}.log`);
    const started = startProgram(program, args, log, {
      ...process.env,
      ...env,
      PARBAKE_ORDER: this.orderOf(key),
    });
    this.#programs.push(started);
    return started;
  }

  async untilReaders(key: PlaceKey, wanted: Readers): Promise<void> {
    await waitFor(`${wanted} to have the order open`, () => this.places.readers(key) === wanted);
  }

  async give(key: PlaceKey, document: Buffer): Promise<Given> {
    return await giveOrder(this.places.socket(key), holdFrame(document), 'app');
  }

  async close(): Promise<void> {
    // What they started ends with them: each has a group of its own.
    for (const { pid } of this.#programs) killGroup(pid);
    await Promise.all(this.#programs.map((program) => program.stop('SIGKILL')));
    await Promise.all(this.#keys.map((key) => this.places.remove(key)));
  }
}

/** The processes that write the order of a place. @param key of the place */
export async function writersOf(key: string): Promise<number[]> {
  const { stdout } = await runToEnd('pgrep', ['-f', '--', `--hold .*${key}`]);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [Number(line)]));
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
