/** Time limits in milliseconds, each with its reason; see also agent/docker/deadlines.ts. */
export const replayDeadlines = {
  /** Mounting and unmounting tracefs involves no disk. */
  mountMs: 5_000,
  /** fincore asks the kernel once per file, and a batch has some hundred. */
  fincoreMs: 60_000,
  /** sync before caches are dropped: after a bake there are gigabytes to write. */
  syncMs: 600_000,
  /** An order does not wait: a reader that does not stop is killed. A read in flight takes some 20 ms. */
  stopMs: 1_000,
} as const;
