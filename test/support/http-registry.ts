import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Login } from '../../agent/core/image/registry-logins.ts';
import { registryReader, type RegistryAccess, type RegistryReader } from '../../agent/registry/client.ts';
import { defined } from '../../proto/errors/defined.ts';
import { registryAccess } from './registry-access.ts';

export const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A registry that answers as the handler does, until the test ends. */
export async function startHttpRegistry(
  handler: RequestListener,
  tls?: ServerOptions,
): Promise<{ address: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    handler(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Reads `acme/app` of a registry. */
export function readerOf(
  domain: string,
  options: Partial<RegistryAccess> & { user?: Login; ca?: string[] } = {},
): RegistryReader {
  const { user, ca, ...access } = options;
  return registryReader(
    registryAccess(domain, {
      login: async () => user,
      ...defined({ tls: ca === undefined ? undefined : { ca } }),
      ...access,
    }),
  );
}
