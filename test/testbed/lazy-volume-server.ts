// The process behind a lazy volume: its disk is a file that it serves over /dev/fuse. Started by lazy-volume.ts, it
// takes its orders over the channel to its parent and ends with it, so that nothing is left waiting for a dead server.
import { openSync } from 'node:fs';
import { command } from './command.ts';
import { LazyDisk, type LazyModel } from './lazy-volume-disk.ts';
import { serveOneFile } from './lazy-volume-fuse.ts';
import { mountFuse } from './lazy-volume-mount.ts';

export type Order =
  | { id: number; kind: 'snapshot' | 'reset' | 'state' | 'close' }
  | { id: number; kind: 'break'; chunks: number[] }
  | { id: number; kind: 'pace'; firstTouchMs: number };

const [backing = '', mountPoint = '', modelText = '{}'] = process.argv.slice(2);
const disk = new LazyDisk(backing, JSON.parse(modelText) as LazyModel);
const device = openSync('/dev/fuse', 'r+');
await mountFuse(device, mountPoint);
// The volume ends with its parent; the kernel then fails pending requests instead of waiting.
process.on('disconnect', () => process.exit(1));
process.on('message', (order: Order) => {
  carryOut(order).then(
    (value) => process.send?.({ id: order.id, value }),
    (cause: unknown) => process.send?.({ id: order.id, error: String(cause) }),
  );
});
process.send?.({ id: 0, value: null });
await serveOneFile(device, disk);
disk.close();
process.exit(0);

async function carryOut(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'snapshot':
      return disk.snapshot();
    case 'reset':
      return disk.reset();
    case 'break':
      return disk.breakChunks(order.chunks);
    case 'pace':
      return disk.pace(order.firstTouchMs);
    case 'state':
      return disk.state();
    case 'close':
      await command('umount', [mountPoint]);
      return null;
  }
}
