import { read, writeSync } from 'node:fs';

/**
 * A file system that has one file and nothing else, spoken directly with the kernel over /dev/fuse: the file system's
 * root is the file. Requests and answers are the kernel's `struct fuse_*`, little-endian as on all our machines.
 */
export interface OneFile {
  readonly sizeBytes: number;
  /** Fills `into`. An error is the reader's EIO. */
  read(into: Buffer, offset: number): Promise<void>;
  /** `data` is only valid during the call. */
  write(data: Buffer, offset: number): void;
}

const opcodes = {
  forget: 2,
  getattr: 3,
  setattr: 4,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;

const inHeaderBytes = 40;
const outHeaderBytes = 16;
const maxWriteBytes = 1024 * 1024;
/** ASYNC_READ, BIG_WRITES, ASYNC_DIO (many direct reads in flight) and MAX_PAGES (requests of up to 1 MiB). */
const wantedFlags = 0x1 | 0x20 | 0x8000 | 0x400000;
const errno = { io: 5, noSystemCall: 38 } as const;

/** Answers until the file system is unmounted. @param device an open /dev/fuse whose mount was made */
export async function serveOneFile(device: number, file: OneFile): Promise<void> {
  const request = Buffer.allocUnsafe(maxWriteBytes + 4096);
  for (;;) {
    const length = await nextRequest(device, request);
    if (length === undefined) return;
    answer(device, file, request.subarray(0, length));
  }
}

/** @returns undefined once unmounted */
function nextRequest(device: number, into: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      read(device, into, 0, into.length, null, (error, length) => {
        if (error === null) resolve(length);
        else if (error.code === 'ENODEV') resolve(undefined);
        // A request that was withdrawn, or a signal.
        else if (error.code === 'ENOENT' || error.code === 'EINTR' || error.code === 'EAGAIN') attempt();
        else reject(error);
      });
    };
    attempt();
  });
}

function answer(device: number, file: OneFile, request: Buffer): void {
  const opcode = request.readUInt32LE(4);
  const unique = request.readBigUInt64LE(8);
  const body = request.subarray(inHeaderBytes);
  const reply = (payload: Buffer): void => send(device, unique, 0, payload);
  switch (opcode) {
    case opcodes.init:
      return reply(initAnswer(body));
    case opcodes.getattr:
    case opcodes.setattr:
      return reply(attributes(file.sizeBytes));
    case opcodes.open:
      return reply(Buffer.alloc(16));
    case opcodes.statfs:
      return reply(Buffer.alloc(80));
    case opcodes.read:
      return answerRead(device, unique, file, body);
    case opcodes.write:
      return answerWrite(device, unique, file, body);
    case opcodes.release:
    case opcodes.fsync:
    case opcodes.flush:
    case opcodes.destroy:
      return reply(Buffer.alloc(0));
    case opcodes.forget:
    case opcodes.batchForget:
    case opcodes.interrupt:
      return;
    default:
      return send(device, unique, errno.noSystemCall, Buffer.alloc(0));
  }
}

function answerRead(device: number, unique: bigint, file: OneFile, body: Buffer): void {
  const offset = Number(body.readBigUInt64LE(8));
  const size = Math.max(0, Math.min(body.readUInt32LE(16), file.sizeBytes - offset));
  const out = Buffer.allocUnsafe(outHeaderBytes + size);
  file.read(out.subarray(outHeaderBytes), offset).then(
    () => sendWhole(device, unique, 0, out),
    () => send(device, unique, errno.io, Buffer.alloc(0)),
  );
}

function answerWrite(device: number, unique: bigint, file: OneFile, body: Buffer): void {
  const size = body.readUInt32LE(16);
  file.write(body.subarray(40, 40 + size), Number(body.readBigUInt64LE(8)));
  const payload = Buffer.alloc(8);
  payload.writeUInt32LE(size, 0);
  send(device, unique, 0, payload);
}

function initAnswer(body: Buffer): Buffer {
  const out = Buffer.alloc(64);
  out.writeUInt32LE(7, 0);
  out.writeUInt32LE(Math.min(31, body.readUInt32LE(4)), 4);
  out.writeUInt32LE(body.readUInt32LE(8), 8);
  out.writeUInt32LE(body.readUInt32LE(12) & wantedFlags, 12);
  // Requests in the background: as many as anybody has in flight.
  out.writeUInt16LE(1024, 16);
  out.writeUInt16LE(1024, 18);
  out.writeUInt32LE(maxWriteBytes, 20);
  out.writeUInt32LE(1, 24);
  out.writeUInt16LE(maxWriteBytes / 4096, 28);
  return out;
}

function attributes(sizeBytes: number): Buffer {
  const out = Buffer.alloc(104);
  out.writeBigUInt64LE(3600n, 0);
  out.writeBigUInt64LE(1n, 16);
  out.writeBigUInt64LE(BigInt(sizeBytes), 24);
  out.writeBigUInt64LE(BigInt(Math.ceil(sizeBytes / 512)), 32);
  out.writeUInt32LE(0o100600, 76);
  out.writeUInt32LE(1, 80);
  out.writeUInt32LE(4096, 96);
  return out;
}

function send(device: number, unique: bigint, error: number, payload: Buffer): void {
  sendWhole(device, unique, error, Buffer.concat([Buffer.alloc(outHeaderBytes), payload]));
}

/** @param message whose first bytes are left free for the header */
function sendWhole(device: number, unique: bigint, error: number, message: Buffer): void {
  message.writeUInt32LE(message.length, 0);
  message.writeInt32LE(-error, 4);
  message.writeBigUInt64LE(unique, 8);
  try {
    writeSync(device, message);
  } catch {
    // Nobody waits for it any more.
  }
}
