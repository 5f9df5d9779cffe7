/**
 * Splits a stream of newline-delimited JSON into values. Chunks may be cut anywhere, even inside a character. One instance reads one
 * stream.
 */
export class JsonLines {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** Returns the values that this chunk completes. @throws SyntaxError on a line that is not JSON */
  push(chunk: Uint8Array): unknown[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    return parseAll(lines);
  }

  /** Returns the rest once the stream has ended. @throws SyntaxError when it was cut inside a value */
  end(): unknown[] {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return parseAll([last]);
  }
}

function parseAll(lines: readonly string[]): unknown[] {
  return lines.filter((line) => line.trim() !== '').map((line): unknown => JSON.parse(line));
}
