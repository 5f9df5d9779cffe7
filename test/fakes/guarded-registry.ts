import { createServer, request } from 'node:http';

/** A registry that lets only one user in. */
export interface GuardedRegistry {
  /** `host:port` */
  address: string;
  /** Requests that were let in, and those that were not. */
  counts: { admitted: number; refused: number };
  close(): Promise<void>;
}

/** Stands before a real registry and asks for a password, as htpasswd would. @param target `host:port` */
export async function startGuardedRegistry(
  host: string,
  target: string,
  user: { name: string; password: string },
): Promise<GuardedRegistry> {
  const wanted = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  const [targetHost, targetPort] = target.split(':');
  const counts = { admitted: 0, refused: 0 };
  const server = createServer((incoming, outgoing) => {
    if (incoming.headers.authorization !== wanted) {
      counts.refused += 1;
      outgoing.writeHead(401, {
        'www-authenticate': 'Basic realm="test"',
        'content-type': 'application/json',
      });
      outgoing.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      return;
    }
    counts.admitted += 1;
    const { method, url: path, headers } = incoming;
    const call = request({ host: targetHost, port: targetPort, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.on('error', () => outgoing.destroy());
    incoming.pipe(call);
  });
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: `${host}:${port}`,
    counts,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
