import { Agent as PlainAgent, request as plainRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';
import type { OtlpTarget } from './otlp-options.ts';

/** Of an answer; a collector's has a few words. */
const mostAnswer = 65_536;

/** Posts OTLP in its JSON encoding to one place, over a connection that it keeps. */
export class OtlpPost {
  readonly #target: OtlpTarget;
  readonly #agent: PlainAgent;

  constructor(target: OtlpTarget) {
    this.#target = target;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = this.#isTls ? new TlsAgent({ ...options, ...target.tls }) : new PlainAgent(options);
  }

  /**
   * @returns what the collector says that it did not take, empty when it took everything
   * @throws Error when it refuses, cannot be reached, or has not answered in time
   */
  async send(message: object, signal: AbortSignal): Promise<string> {
    const { url, headers, timeoutMs, compression } = this.#target;
    const json = Buffer.from(JSON.stringify(message));
    const body = compression === 'gzip' ? gzipSync(json) : json;
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = (this.#isTls ? tlsRequest : plainRequest)(url, {
      method: 'POST',
      agent: this.#agent,
      signal: ended,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': body.length,
        ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      },
    });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', reject);
      request.end(body);
    });
    const { statusCode = 0 } = response;
    const answer = await textOf(response);
    if (statusCode < 200 || statusCode > 299)
      throw new Error(`the collector answered ${statusCode}: ${answer}`);
    return rejected(answer);
  }

  close(): void {
    this.#agent.destroy();
  }

  get #isTls(): boolean {
    return this.#target.url.startsWith('https:');
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to the end all the same, so that the connection can be used again.
    if (size <= mostAnswer) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** An answer of 200 may say that a part was not taken. */
function rejected(answer: string): string {
  try {
    const { partialSuccess } = JSON.parse(answer) as {
      partialSuccess?: { rejectedDataPoints?: string | number; errorMessage?: string };
    };
    const count = Number(partialSuccess?.rejectedDataPoints ?? 0);
    return count > 0 ? `${count} data points: ${partialSuccess?.errorMessage ?? ''}` : '';
  } catch {
    // What answers 200 and something else has taken it.
    return '';
  }
}
