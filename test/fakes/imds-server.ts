import { createServer } from 'node:http';

/** An instance metadata service that insists on a session token, as IMDSv2 does. */
export interface ImdsServer {
  url: string;
  /** Requests that came without a valid token. */
  refused: number;
  close(): Promise<void>;
}

/** @param values by path below /latest/meta-data/ */
export async function startImdsServer(values: Record<string, string>): Promise<ImdsServer> {
  const token = 'token-of-the-test';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (request.method === 'PUT' && path === '/latest/api/token') {
      const isAsked = request.headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
      response.writeHead(isAsked ? 200 : 400).end(isAsked ? token : '');
      return;
    }
    if (request.headers['x-aws-ec2-metadata-token'] !== token) {
      imds.refused += 1;
      response.writeHead(401).end();
      return;
    }
    const value = values[path.replace('/latest/meta-data/', '')];
    response.writeHead(value === undefined ? 404 : 200).end(value ?? 'not found');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const imds: ImdsServer = {
    url: `http://127.0.0.1:${port}`,
    refused: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
  return imds;
}
