import { request } from 'node:http';

export interface Page {
  status: number;
  body: string;
}

/** Milliseconds between two tries to get a page that is not served yet. */
const interval = 2;
/** Milliseconds for one try: long enough for a slow first answer. */
const tryDeadline = 5_000;
const giveUpAfter = 60_000;

/** Asks until somebody answers, on a new connection each time. @returns the first answer, whatever its status */
export async function firstPage(host: string, port: number, signal: AbortSignal): Promise<Page> {
  const end = Date.now() + giveUpAfter;
  for (;;) {
    signal.throwIfAborted();
    const page = await getPage(host, port).catch((cause: unknown) => {
      if (Date.now() > end) throw new Error(`http://${host}:${port}/ never answered`, { cause });
      return undefined;
    });
    if (page !== undefined) return page;
    await new Promise<void>((resolve) => void setTimeout(resolve, interval));
  }
}

function getPage(host: string, port: number): Promise<Page> {
  return new Promise((resolve, reject) => {
    const call = request({ host, port, path: '/', agent: false, timeout: tryDeadline }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end();
  });
}
