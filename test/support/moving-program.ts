/** What it writes and reads past the page cache, and what it sends, each in bytes. */
export const moved = { disk: 4 * 1024 ** 2, network: 64 * 1000 };

/**
 * Runs in Node before the application does, as soon as it has been asked five times whether it is ready: then what it
 * moves is moved while that is waited for.
 */
const source = `
import { openSync, readSync, writeSync, constants } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
await new Promise((resolve) => {
  let asked = 0;
  const server = createServer((socket) => {
    socket.destroy();
    if (++asked === 5) server.close(resolve);
  });
  server.on('error', (error) => { throw error; });
  server.listen(8080);
});
const socket = createSocket('udp4');
for (let sent = 0; sent < ${moved.network}; sent += 1000)
  await new Promise((resolve, reject) =>
    socket.send(Buffer.alloc(1000), 9, '192.0.2.1', (error) => (error ? reject(error) : resolve())));
socket.close();
const file = openSync('/moved', constants.O_CREAT | constants.O_RDWR | constants.O_DIRECT);
const memory = Buffer.alloc(${moved.disk} + 8192);
// What is refused for not being aligned is counted all the same: it is found out with little.
let offset = 0;
for (let isAligned = false; !isAligned; )
  try {
    writeSync(file, memory, offset, 4096, 0);
    isAligned = true;
  } catch (error) {
    if (error.code !== 'EINVAL' || offset > 4096) throw error;
    offset += 8;
  }
for (const work of [writeSync, readSync])
  if (work(file, memory, offset, ${moved.disk}, 0) !== ${moved.disk}) throw new Error('cut short');
`;

/** The value of NODE_OPTIONS. */
export const movingOptions = `--import=data:text/javascript,${encodeURIComponent(source)}`;
