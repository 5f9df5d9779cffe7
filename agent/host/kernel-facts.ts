import { readKernelFile } from './kernel-file.ts';

/** Processes that the kernel killed for lack of memory since the boot; 0 where it does not count them. */
export function memoryKills(): number {
  return Number(/^oom_kill (\d+)$/m.exec(readKernelFile('/proc/vmstat') ?? '')?.[1] ?? 0);
}

/** When the machine booted, milliseconds since the epoch. */
export function bootedAt(): number {
  return Number(/^btime (\d+)$/m.exec(readKernelFile('/proc/stat') ?? '')?.[1] ?? 0) * 1000;
}
