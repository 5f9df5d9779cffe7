import { isErrorCode, ParbakeError } from '../../proto/errors/errors.ts';
import type { AttachEnd__Output } from '../../proto/gen/parbake/v1/AttachEnd.ts';
import type { AttachRequest__Output } from '../../proto/gen/parbake/v1/AttachRequest.ts';
import type { AttachResponse } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import type { Output__Output } from '../../proto/gen/parbake/v1/Output.ts';
import { aborted } from '../../proto/process/tasks.ts';
import { enumFromProto, invalid, printable } from './from-proto/parts.ts';
import { Pace } from './pace.ts';

/** Bytes of one piece, and of all in a second, in each direction. */
export const maxPiece = 64 * 1024;
export const bytesPerSecond = 4 * 1024 ** 2;

/** An agent's stream, as far as it is needed here. */
interface Stream {
  write(message: AttachResponse): boolean;
  once(event: 'drain', listener: () => void): unknown;
  resume(): unknown;
}

/** A stream that an agent has opened for one call. */
export class Attachment {
  readonly #stream: Stream;
  readonly #over: AbortController;
  readonly #pace = new Pace({ perSecond: bytesPerSecond, burst: bytesPerSecond });
  #take: (message: AttachRequest__Output) => Promise<void> = async () => {};
  #onLeft: () => void = () => {};
  #isLeft = false;

  /** @param over to abort when it is not needed any more */
  constructor(stream: Stream, over: AbortController) {
    this.#stream = stream;
    this.#over = over;
  }

  /** Says what is wanted, or more of it. Resolves when there is room for more, or it is over. */
  async send(message: AttachResponse, gone: AbortSignal): Promise<void> {
    if (this.#stream.write(message)) return;
    const read = new AbortController();
    this.#stream.once('drain', () => read.abort());
    await aborted(AbortSignal.any([gone, this.#over.signal, read.signal]));
  }

  /**
   * Passes on what the agent sends, no faster than it is taken, until the agent says that this is the end.
   * @throws ParbakeError why it ended early; INSTANCE_SILENT when its agent went away
   */
  receive(output: (piece: Output__Output) => Promise<void>, gone: AbortSignal): Promise<AttachEnd__Output> {
    return new Promise((resolve, reject) => {
      this.#onLeft = () => reject(new ParbakeError('INSTANCE_SILENT', 'the instance went away meanwhile'));
      if (this.#isLeft) return this.#onLeft();
      gone.addEventListener('abort', () => reject(gone.reason as Error), { once: true });
      this.#take = async (message) => {
        try {
          const end = await this.#one(message, output, gone);
          if (end !== undefined) resolve(end);
          else this.#stream.resume();
        } catch (cause) {
          reject(cause);
        }
      };
      this.#stream.resume();
    });
  }

  /** It is not needed any more. */
  end(): void {
    this.#over.abort();
  }

  /** Its agent has sent something. */
  async take(message: AttachRequest__Output): Promise<void> {
    await this.#take(message);
  }

  /** Nothing comes from its agent any more. */
  left(): void {
    this.#isLeft = true;
    this.#onLeft();
  }

  async #one(
    { output: piece = null, end = null }: AttachRequest__Output,
    output: (piece: Output__Output) => Promise<void>,
    gone: AbortSignal,
  ): Promise<AttachEnd__Output | undefined> {
    if (end !== null) {
      if (end.reason !== '') throw reasonOf(end);
      return end;
    }
    if (piece === null) throw invalid('message', 'is neither output nor an end');
    enumFromProto('output.stream', piece.stream);
    const { length } = piece.data;
    if (length > maxPiece) throw invalid('output.data', `has ${length} bytes, more than ${maxPiece}`);
    await output(piece);
    await this.#pace.passed(length, gone);
    return undefined;
  }
}

/** Why the agent could not do it, in its own words. */
function reasonOf({ reason, message }: AttachEnd__Output): ParbakeError {
  return new ParbakeError(isErrorCode(reason) ? reason : 'DOCKER_FAILED', printable(message, 1_000));
}
