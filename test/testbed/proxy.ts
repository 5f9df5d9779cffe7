import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can be made to misbehave. */
export interface Proxy {
  /** `host:port` */
  readonly address: string;
  /** From now on every connection breaks, or falls silent, after this many bytes of answer. */
  setFault(fault: { kind: 'cut' | 'hang'; afterBytes: number } | undefined): void;
  close(): Promise<void>;
}

/** @param target `host:port` */
export async function startProxy(host: string, target: string): Promise<Proxy> {
  const [targetHost = '', targetPort = ''] = target.split(':');
  let fault: { kind: 'cut' | 'hang'; afterBytes: number } | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(targetPort), targetHost);
    let passed = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    client.pipe(upstream);
    upstream.on('end', () => {
      if (fault?.kind !== 'hang') client.end();
    });
    upstream.on('data', (chunk) => {
      passed += chunk.length;
      const isFaulty = fault !== undefined && passed > fault.afterBytes;
      if (isFaulty && fault?.kind === 'cut') client.destroy();
      if (isFaulty || client.write(chunk)) return;
      upstream.pause();
      client.once('drain', () => upstream.resume());
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: `${host}:${port}`,
    setFault: (wanted) => (fault = wanted),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
