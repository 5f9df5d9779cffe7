import { spawn } from 'node:child_process';

/** Mounts a file system of one file on a file. @param device an open /dev/fuse, which the mount program inherits */
export async function mountFuse(device: number, mountPoint: string): Promise<void> {
  const options = 'fd=3,rootmode=100000,user_id=0,group_id=0,allow_other';
  const child = spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'parbake-lazy', mountPoint], {
    stdio: ['ignore', 'inherit', 'inherit', device],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`mount of ${mountPoint} ended with ${String(code)}`);
}
