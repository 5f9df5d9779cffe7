import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The first version of control groups has a directory for each resource. */
const first = '/sys/fs/cgroup/cpu';
const second = '/sys/fs/cgroup';
/** Microseconds. */
const period = 100_000;

/** A control group in which a process gets a part of one core. */
export class CpuLimit {
  readonly #group: string;
  readonly #parent: string;
  readonly #pid: number;

  constructor(pid: number, cores: number) {
    const isFirst = existsSync(join(first, 'cpu.cfs_quota_us'));
    this.#parent = isFirst ? first : second;
    this.#pid = pid;
    this.#group = join(this.#parent, `parbake-bench-${pid}`);
    mkdirSync(this.#group);
    const quota = Math.round(cores * period);
    if (isFirst) writeFileSync(join(this.#group, 'cpu.cfs_quota_us'), String(quota));
    else writeFileSync(join(this.#group, 'cpu.max'), `${quota} ${period}`);
    writeFileSync(join(this.#group, 'cgroup.procs'), String(pid));
  }

  /** Gives the process all that the machine has. */
  lift(): void {
    if (!existsSync(this.#group)) return;
    const left = readFileSync(join(this.#group, 'cgroup.procs'), 'utf8');
    if (left.includes(String(this.#pid)))
      writeFileSync(join(this.#parent, 'cgroup.procs'), String(this.#pid));
    rmdirSync(this.#group);
  }
}
