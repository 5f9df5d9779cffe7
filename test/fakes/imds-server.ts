import { createServer } from 'node:http';

/** An instance metadata service that insists on a session token, as IMDSv2 does. */
export interface ImdsServer {
  url: string;
  /** Requests that came without a valid token. */
  refused: number;
  close(): Promise<void>;
}

export interface ImdsOptions {
  /** Another address than loopback, for what runs in a network namespace. */
  host?: string;
  /** 0 for any that is free. */
  port?: number;
  /** Asked before each request is answered. @returns the status to fail it with */
  fault?: (path: string) => Promise<number | undefined> | number | undefined;
}

/** @param values by path below /latest/meta-data/, and `user-data` */
export async function startImdsServer(
  values: Record<string, string>,
  { host = '127.0.0.1', port = 0, fault = () => undefined }: ImdsOptions = {},
): Promise<ImdsServer> {
  const token = 'token-of-the-test';
  const answer = (
    path: string,
    method: string,
    headers: NodeJS.Dict<string | string[]>,
  ): [number, string] => {
    if (method === 'PUT' && path === '/latest/api/token') {
      const isAsked = headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
      return isAsked ? [200, token] : [400, ''];
    }
    if (headers['x-aws-ec2-metadata-token'] !== token) {
      imds.refused += 1;
      return [401, ''];
    }
    const value = values[path.replace(/^\/latest\/(meta-data\/)?/, '')];
    return value === undefined ? [404, 'not found'] : [200, value];
  };
  const server = createServer((request, response) => {
    const { url: path = '', method = '', headers } = request;
    void Promise.resolve(fault(path)).then((failure) => {
      const [status, body] = failure === undefined ? answer(path, method, headers) : [failure, ''];
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(port, host, resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  const imds: ImdsServer = {
    url: `http://${host}:${bound}`,
    refused: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
  return imds;
}
