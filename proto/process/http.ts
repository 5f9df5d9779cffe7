import type { ClientRequest, IncomingMessage } from 'node:http';

export interface HttpAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/**
 * Sends a request, such as `request({ host, port, path, signal })` of node:http or node:https.
 * @returns the response, whose body the caller reads with `readAnswer` or drops with `resume`
 * @throws the system's error, or the signal's reason
 */
export function sendRequest(call: ClientRequest, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('response', resolve);
    call.end(body);
  });
}

/** @param maxBytes of the body: whoever answers may be hostile. @throws Error when the answer breaks off or is longer */
export async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: Buffer.concat(chunks).toString('utf8') };
}
