import { readFileSync } from 'node:fs';

/** Clock ticks of the kernel in a second, on every Linux that Node runs on. */
const ticks = 100;

/** Bytes that a process has in memory. */
export function residentBytes(pid: number): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Milliseconds of processor time that a process has used. */
export function cpuMs(pid: number): number {
  // The name, in brackets, may have spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticks) * 1_000;
}
