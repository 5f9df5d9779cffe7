import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whom STS says a call is from. */
interface Answer {
  accountId: string;
  role: string;
  session: string;
}

export interface Sts {
  readonly url: string;
  /** Calls received. */
  readonly calls: number;
  /** What it says about every call whose signature holds, until told otherwise. */
  answers(answer: Answer): void;
  /** What it answers whatever it is asked, until `answers` is called. */
  fails(status: number, body?: string, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

/**
 * STS's GetCallerIdentity. It checks signatures (Signature Version 4) by AWS's rules and not by our code: headers as they
 * arrive, in the order that the caller says.
 */
export async function startSts({
  credentials,
  host = '127.0.0.1',
}: {
  credentials: ReadonlyMap<string, string>;
  /** Another address than loopback, for what runs in a network namespace. */
  host?: string;
}): Promise<Sts> {
  let answer: Answer = { accountId: '000000000000', role: 'none', session: 'none' };
  let failure: { status: number; body: string; headers: Record<string, string> } | undefined;
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (failure !== undefined) {
        response.writeHead(failure.status, failure.headers).end(failure.body);
        return;
      }
      if (!isSigned(request, body, credentials)) {
        response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
        return;
      }
      const arn = `arn:aws:sts::${answer.accountId}:assumed-role/${answer.role}/${answer.session}`;
      response.end(
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROA:x</UserId><Account>${answer.accountId}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    answers(given) {
      answer = given;
      failure = undefined;
    },
    fails(status, body = '', headers = {}) {
      failure = { status, body, headers };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isSigned(request: IncomingMessage, body: string, credentials: ReadonlyMap<string, string>): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\/(\d{8})\/([a-z0-9-]+)\/sts\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, accessKey = '', day = '', region = '', names = '', signature = ''] =
    form.exec(request.headers.authorization ?? '') ?? [];
  const secret = credentials.get(accessKey);
  if (secret === undefined) return false;
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const canonical = `${request.method}\n${request.url}\n\n${headers.join('')}\n${names}\n${sha256(body)}`;
  const scope = `${day}/${region}/sts/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${String(request.headers['x-amz-date'])}\n${scope}\n${sha256(canonical)}`;
  let key = hmac(`AWS4${secret}`, day);
  for (const part of [region, 'sts', 'aws4_request']) key = hmac(key, part);
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
