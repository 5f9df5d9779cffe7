import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AttachHello__Output } from '../../proto/gen/parbake/v1/AttachHello.ts';
import type { AttachRequest__Output } from '../../proto/gen/parbake/v1/AttachRequest.ts';
import type { AttachResponse } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Caller } from '../core/principal.ts';
import type { Session, Sessions } from '../fleet/sessions.ts';
import { Attachment } from './attachment.ts';
import { instanceOf } from './caller.ts';
import { invalid, required } from './from-proto/parts.ts';
import { received } from './handlers.ts';

export type AttachStream = ServerDuplexStream<AttachRequest__Output, AttachResponse>;

/** Streams that are open at a time: each holds some hundred kilobytes here, and a reader on the instance. */
const maxOfInstance = 8;
const maxOfAll = 500;

/** A stream that an agent was asked for. */
interface Asked {
  instanceId: string;
  arrived: AbortController;
  attachment?: Attachment;
}

/** Streams that agents open when they are asked to, each for one call of somebody. */
export class Attachments {
  readonly #sessions: Pick<Sessions, 'get'>;
  readonly #elsewhere: (instanceId: string) => Promise<string | undefined>;
  readonly #asked = new Map<string, Asked>();
  /** How many there are of each instance. */
  readonly #open = new Map<string, number>();

  /** @param elsewhere where the coordinator listens that an instance is connected to, when it is another one */
  constructor(
    sessions: Pick<Sessions, 'get'>,
    elsewhere: (instanceId: string) => Promise<string | undefined> = () => Promise.resolve(undefined),
  ) {
    this.#sessions = sessions;
    this.#elsewhere = elsewhere;
  }

  /**
   * Has the agent of an instance open a stream, which ends with the work.
   * @throws ParbakeError INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD, TOO_MANY_STREAMS
   */
  async use(
    instanceId: string,
    work: (attachment: Attachment) => Promise<void>,
    gone: AbortSignal,
  ): Promise<void> {
    const session = this.#sessions.get(instanceId);
    if (session === undefined) throw await this.#absent(instanceId);
    if (!session.attaches)
      throw new ParbakeError('AGENT_TOO_OLD', `the agent of instance ${instanceId} cannot open streams yet`);
    const count = this.#open.get(instanceId) ?? 0;
    const all = [...this.#open.values()].reduce((sum, each) => sum + each, 0);
    if (count >= maxOfInstance || all >= maxOfAll)
      throw new ParbakeError(
        'TOO_MANY_STREAMS',
        count >= maxOfInstance
          ? `instance ${instanceId} has ${count} streams open already`
          : `${all} streams are open already`,
      );
    this.#open.set(instanceId, count + 1);
    try {
      const attachment = await this.#ask(session, gone);
      try {
        await work(attachment);
      } finally {
        attachment.end();
      }
    } finally {
      const left = (this.#open.get(instanceId) ?? 1) - 1;
      if (left > 0) this.#open.set(instanceId, left);
      else this.#open.delete(instanceId);
    }
  }

  /** Serves a stream that an agent has opened, until the call that it is for is over. */
  async serve(stream: AttachStream, caller: Caller, gone: AbortSignal): Promise<void> {
    let attachment: Attachment | undefined;
    const over = new AbortController();
    const take = async (message: AttachRequest__Output): Promise<void> => {
      // One message after the other: what the reader has not taken waits at its sender.
      stream.pause();
      if (attachment !== undefined) return await attachment.take(message);
      attachment = this.#accept(stream, message.hello ?? null, caller, over);
    };
    try {
      await received(stream, take, AbortSignal.any([gone, over.signal]));
    } finally {
      attachment?.left();
    }
  }

  async #absent(instanceId: string): Promise<ParbakeError> {
    const address = await this.#elsewhere(instanceId);
    if (address === undefined)
      return new ParbakeError('INSTANCE_SILENT', `instance ${instanceId} is not connected`);
    return new ParbakeError(
      'INSTANCE_ELSEWHERE',
      `instance ${instanceId} is connected to the coordinator at ${address}`,
      { metadata: { instance_id: instanceId, coordinator: address } },
    );
  }

  async #ask(session: Session, gone: AbortSignal): Promise<Attachment> {
    const attachId = randomUUID();
    const asked: Asked = { instanceId: session.instanceId, arrived: new AbortController() };
    this.#asked.set(attachId, asked);
    session.attach(attachId);
    await pause(deadlines.attach, AbortSignal.any([gone, asked.arrived.signal]));
    this.#asked.delete(attachId);
    const { attachment, instanceId } = asked;
    if (gone.aborted) attachment?.end();
    gone.throwIfAborted();
    if (attachment === undefined)
      throw new ParbakeError(
        'INSTANCE_SILENT',
        `the agent of instance ${instanceId} opened no stream within ${deadlines.attach / 1000} s`,
      );
    return attachment;
  }

  /** @throws ParbakeError REQUEST_INVALID when nobody waits for it, also when another instance was asked */
  #accept(
    stream: AttachStream,
    hello: AttachHello__Output | null,
    caller: Caller,
    over: AbortController,
  ): Attachment {
    if (hello === null) throw invalid('hello', 'is the first message of a stream');
    const instanceId = instanceOf(caller, 'hello.instance_id', hello.instanceId);
    const asked = this.#asked.get(required('hello.attach_id', hello.attachId, 128));
    if (asked?.instanceId !== instanceId || asked.attachment !== undefined)
      throw invalid('hello.attach_id', 'is of nothing that this instance was asked for');
    asked.attachment = new Attachment(stream, over);
    asked.arrived.abort();
    return asked.attachment;
  }
}
