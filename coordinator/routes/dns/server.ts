import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import { listenError } from '../../../proto/wire/listen-error.ts';
import type { Transport } from './answer.ts';

/** Answers one message; undefined for what gets no answer. */
export type Answerer = (message: Buffer, transport: Transport) => Buffer | undefined;

export interface RunningDns {
  /** `host:port`, with the port that was taken. */
  address: string;
  close(): Promise<void>;
}

/** Connections at a time, and milliseconds without a message after which one is closed. */
const maxConnections = 256;
const idleTimeout = 10_000;
/** Messages in a second from one address over UDP, whose senders can be forged; more are dropped. */
const maxPerSecond = 1_000;
/** Addresses that are counted. Whoever comes after them in the same second is dropped too. */
const maxSources = 10_000;

/**
 * Answers over UDP and TCP on one port.
 * @throws ParbakeError USAGE when the address cannot be listened on
 */
export async function startDns(address: string, answerer: Answerer): Promise<RunningDns> {
  const [, given = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  const host = given.replace(/^\[|\]$/g, '');
  const tcp = createServer({ pauseOnConnect: false }, (socket) => serveStream(socket, answerer));
  tcp.maxConnections = maxConnections;
  const connections = new Set<Socket>();
  tcp.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  const taken = await listenTcp(tcp, host, Number(port), address);
  const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    await bindUdp(udp, host, taken, address);
  } catch (cause) {
    tcp.close();
    throw cause;
  }
  serveDatagrams(udp, answerer);
  return {
    address: `${given}:${taken}`,
    async close() {
      udp.close();
      const closed = once(tcp, 'close');
      tcp.close();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

function serveDatagrams(udp: UdpSocket, answerer: Answerer): void {
  const counts = new Map<string, number>();
  let second = 0;
  udp.on('message', (message, { address, port }) => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) counts.clear();
    second = now;
    const count = (counts.get(address) ?? 0) + 1;
    if (count > maxPerSecond || (count === 1 && counts.size >= maxSources)) return;
    counts.set(address, count);
    const reply = answerer(message, 'udp');
    // Whoever is gone does not wait for it.
    if (reply !== undefined) udp.send(reply, port, address, () => {});
  });
  // Such as an ICMP message that a former asker is gone.
  udp.on('error', () => {});
}

/** Each message has its length before it. A reader that does not read is not read from either. */
function serveStream(socket: Socket, answerer: Answerer): void {
  let rest = Buffer.alloc(0);
  socket.setNoDelay();
  socket.setTimeout(idleTimeout, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('drain', () => socket.resume());
  socket.on('data', (data: Buffer) => {
    // No more than one message, which has 65,535 bytes at most, and what came with it.
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const reply = answerer(rest.subarray(2, end), 'stream');
      rest = rest.subarray(end);
      // What is not a query over a connection is a mistake or an attack.
      if (reply === undefined) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      if (!socket.write(Buffer.concat([length, reply]))) socket.pause();
    }
  });
}

async function listenTcp(server: Server, host: string, port: number, address: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(address, cause)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function bindUdp(udp: UdpSocket, host: string, port: number, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    udp.once('error', (cause) => reject(listenError(address, cause)));
    udp.bind({ port, address: host, exclusive: true }, () => resolve());
  });
}
