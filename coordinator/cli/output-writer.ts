import { StringDecoder } from 'node:string_decoder';
import type { Output__Output } from '../../proto/gen/parbake/v1/Output.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { terminalText } from '../../proto/process/terminal-text.ts';
import { drained } from './drained.ts';

/** Writes what a process elsewhere wrote to our own streams: to a terminal as text that it does not act on. */
export class OutputWriter {
  readonly #context: Pick<CommandContext, 'stdout' | 'stderr' | 'signal'>;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };

  constructor(context: Pick<CommandContext, 'stdout' | 'stderr' | 'signal'>) {
    this.#context = context;
  }

  /** Resolves when there is room for more. */
  async write({ stream, data }: Output__Output): Promise<void> {
    const name = stream === 'OUTPUT_STREAM_STDERR' ? 'stderr' : 'stdout';
    const to = this.#context[name];
    const hasRoom = to.isTTY ? to.write(terminalText(this.#decoders[name].write(data))) : to.write(data);
    if (!hasRoom) await drained(to, this.#context.signal);
  }

  /** Writes what was left of a character that never came to its end. */
  end(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const to = this.#context[name];
      const rest = this.#decoders[name].end();
      if (to.isTTY && rest !== '') to.write(rest);
    }
  }
}
