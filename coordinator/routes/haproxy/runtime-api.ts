import { createConnection } from 'node:net';
import { ParbakeError } from '../../../proto/errors/errors.ts';

/** Milliseconds for one command. */
const timeout = 5_000;
/** Characters of an answer: a whole table is read back. */
const maxAnswer = 64 * 1024 ** 2;
/**
 * Characters and lines of one block of entries. HAProxy takes 16,384 bytes (tune.bufsize) at most: of a larger block
 * nothing is added, and the answer is the same as for success.
 */
const maxBlock = { characters: 8_000, lines: 200 };

/** The runtime API of one HAProxy, over its `stats socket` with `level admin`. Each command has a connection of its own. */
export class RuntimeApi {
  readonly #socket: string;

  /** @param socket path, or host:port */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /** @returns the value; undefined when the map has no such entry */
  async get(map: string, key: string): Promise<string | undefined> {
    const answer = await this.#ask(`get map ${map} ${key}`);
    if (/found=no/.test(answer)) return undefined;
    const [, value] = /val(?:ue)?="([^"]*)"/.exec(answer) ?? [];
    if (value === undefined) throw this.#failed(answer);
    return value;
  }

  /** @returns false when the map has no such entry */
  async set(map: string, key: string, value: string): Promise<boolean> {
    return await this.#changed(`set map ${map} ${key} ${value}`);
  }

  async add(map: string, key: string, value: string): Promise<void> {
    const answer = await this.#ask(`add map ${map} ${key} ${value}`);
    if (answer !== '') throw this.#failed(answer);
  }

  /** @returns false when the map has no such entry */
  async delete(map: string, key: string): Promise<boolean> {
    return await this.#changed(`del map ${map} ${key}`);
  }

  /** Swaps the whole map in one step. @throws ParbakeError ROUTER_FAILED; the map is as it was then */
  async replace(map: string, entries: readonly (readonly [key: string, value: string])[]): Promise<void> {
    const created = await this.#ask(`prepare map ${map}`);
    const [, version] = /(\d+)/.exec(created.replace(map, '')) ?? [];
    if (version === undefined) throw this.#failed(created);
    for (const block of blocksOf(entries)) {
      const answer = await this.#ask(`add map @${version} ${map} <<\n${block}`);
      if (answer !== '') throw this.#failed(answer);
    }
    // Whatever was dropped without a word is noticed here, before anybody sees it.
    const there = (await this.#ask(`show map @${version} ${map}`)).split('\n').filter((line) => line !== '');
    if (there.length !== entries.length)
      throw this.#failed(`it has ${there.length} of ${entries.length} entries of ${map}`);
    const committed = await this.#ask(`commit map @${version} ${map}`);
    if (committed !== '') throw this.#failed(committed);
  }

  async #changed(command: string): Promise<boolean> {
    const answer = await this.#ask(command);
    if (answer === '') return true;
    if (/not found/i.test(answer)) return false;
    throw this.#failed(answer);
  }

  /** @returns the answer without white space around it */
  async #ask(command: string): Promise<string> {
    const [, host, port] = /^([^/]*):(\d+)$/.exec(this.#socket) ?? [];
    const connection =
      port === undefined
        ? createConnection({ path: this.#socket })
        : createConnection({ host: host ?? '', port: Number(port) });
    return await new Promise((resolve, reject) => {
      let answer = '';
      const fail = (reason: string): void => {
        connection.destroy();
        reject(this.#failed(reason));
      };
      connection.setEncoding('utf8');
      connection.setTimeout(timeout, () => fail(`no answer in ${timeout / 1000} s`));
      connection.on('error', (cause) => fail(cause.message));
      connection.on('data', (part: string) => {
        answer += part;
        if (answer.length > maxAnswer) fail('its answer does not end');
      });
      connection.on('end', () => resolve(answer.trim()));
      connection.on('close', () => fail('it closed the connection'));
      connection.end(`${command}\n`);
    });
  }

  #failed(reason: string): ParbakeError {
    return new ParbakeError('ROUTER_FAILED', `HAProxy at ${this.#socket}: ${reason.slice(0, 300)}`);
  }
}

function* blocksOf(entries: readonly (readonly [string, string])[]): Generator<string> {
  let block: string[] = [];
  let size = 0;
  for (const [key, value] of entries) {
    const line = `${key} ${value}`;
    if (block.length > 0 && (size + line.length > maxBlock.characters || block.length >= maxBlock.lines)) {
      yield `${block.join('\n')}\n`;
      block = [];
      size = 0;
    }
    block.push(line);
    size += line.length + 1;
  }
  if (block.length > 0) yield `${block.join('\n')}\n`;
}
