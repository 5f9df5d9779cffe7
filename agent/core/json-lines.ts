/**
 * Splits a stream of newline-delimited JSON into values, wherever its chunks are cut, also inside a
 * character. One instance reads one stream.
 */
export class JsonLines {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** The values that this chunk completes. @throws SyntaxError on a line that is no JSON */
  push(chunk: Uint8Array): unknown[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    return parseAll(lines);
  }

  /** What is left when the stream has ended. @throws SyntaxError when it was cut inside a value */
  end(): unknown[] {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return parseAll([last]);
  }
}

function parseAll(lines: readonly string[]): unknown[] {
  return lines.filter((line) => line.trim() !== '').map((line): unknown => JSON.parse(line));
}
