import { connect, type Socket } from 'node:net';

/** What a gate said on one connection, until it hung up. */
export interface GateReply {
  bytes: Buffer;
}

/** Sends pieces one after the other, each once the one before is out, and keeps listening. */
export async function sendToGate(path: string, ...pieces: readonly Buffer[]): Promise<GateReply> {
  const socket = await connectToGate(path);
  const reply = replyOf(socket);
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, () => resolve(undefined)));
  return await reply;
}

/** Sends something and hangs up in the middle. @returns what was said until then */
export async function abandonGate(path: string, piece: Buffer): Promise<GateReply> {
  const socket = await connectToGate(path);
  const reply = replyOf(socket);
  await new Promise((resolve) => socket.end(piece, () => resolve(undefined)));
  return await reply;
}

export async function connectToGate(path: string): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

export async function replyOf(socket: Socket): Promise<GateReply> {
  const chunks: Buffer[] = [];
  return await new Promise((resolve) => {
    const finish = (): void => {
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks) });
    };
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', finish);
    // A gate that hangs up with bytes of ours unread resets the connection.
    socket.on('error', finish);
  });
}

export function header(length: number, variables: number, args: number, magic = 'PBG1'): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write(magic, 'latin1');
  bytes.writeUInt32LE(length, 4);
  bytes.writeUInt32LE(variables, 8);
  bytes.writeUInt32LE(args, 12);
  return bytes;
}
