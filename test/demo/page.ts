import { request } from 'node:http';
import { readAnswer, sendRequest } from '../../proto/process/http.ts';

export interface Page {
  status: number;
  body: string;
}

/** Milliseconds between two tries to get a page that is not served yet. */
const interval = 2;
/** Milliseconds for one try: long enough for a slow first answer. */
const tryDeadline = 5_000;
const giveUpAfter = 60_000;
const maxBytes = 1024 ** 2;

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

async function getPage(host: string, port: number): Promise<Page> {
  const signal = AbortSignal.timeout(tryDeadline);
  const response = await sendRequest(request({ host, port, path: '/', agent: false, signal }));
  return await readAnswer(response, maxBytes);
}
