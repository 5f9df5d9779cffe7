import { connect, type Socket } from 'node:net';
import { createServer } from 'node:http';

/** The demo's network leads nowhere; this HTTP proxy lets one Engine reach a registry outside. */
export interface Outlet {
  /** `host:port` */
  readonly address: string;
  close(): Promise<void>;
}

/** @param env whose HTTPS_PROXY is used in turn, where a machine needs one itself */
export async function startOutlet(host: string, env: NodeJS.ProcessEnv): Promise<Outlet> {
  const upstream = env['HTTPS_PROXY'] ?? env['https_proxy'];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((_, answer) => {
    answer.writeHead(405).end('only HTTPS registries can be reached from here\n');
  });
  server.on('connection', keep);
  server.on('connect', (request, client: Socket, head) => {
    const target = request.url ?? '';
    const remote = upstream === undefined ? toTarget(target) : toProxy(upstream);
    keep(remote);
    remote.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    client.on('error', () => remote.destroy());
    client.on('close', () => remote.destroy());
    remote.on('connect', () => {
      // The proxy beyond answers the CONNECT itself.
      if (upstream === undefined) client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      else remote.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization(upstream)}\r\n`);
      remote.write(head);
      remote.pipe(client);
      client.pipe(remote);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: `${host}:${port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

function toTarget(target: string): Socket {
  const { hostname, port } = new URL(`https://${target}`);
  return connect(Number(port === '' ? 443 : port), hostname.replace(/^\[|\]$/g, ''));
}

function toProxy(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port === '' ? 80 : port), hostname);
}

function authorization(url: string): string {
  const { username, password } = new URL(url);
  if (username === '') return '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`;
}
