import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PeerCertificate } from 'node:tls';

/** Tells who may see the page. Each throws UNAUTHENTICATED or PERMISSION_DENIED, and otherwise names the principal. */
export interface PageReaders {
  byCertificate: (certificate: PeerCertificate) => string;
  byToken: (token: string) => string;
}

const cookie = 'parbake-token';
const query = 'token';

/** The token of a request: what a program sends in a header, or what a browser keeps. */
export function tokenIn({ headers }: IncomingMessage): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const [, kept] = new RegExp(`(?:^|; *)${cookie}=([^;]+)`).exec(headers.cookie ?? '') ?? [];
  return bearer ?? kept;
}

/** The token in the address of the page, with which a person opens it. */
export function tokenInAddress({ searchParams }: URL): string | undefined {
  return searchParams.get(query) ?? undefined;
}

/** Lets the browser keep the token, and takes it out of the address. */
export function keepToken(response: ServerResponse, token: string): void {
  response.writeHead(303, {
    'set-cookie': `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`,
    location: '/',
    'cache-control': 'no-store',
  });
  response.end();
}
