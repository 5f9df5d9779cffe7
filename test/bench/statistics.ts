/** The value that a share `p` (0 to 1) of the sorted samples does not exceed (nearest rank). */
export function percentile(samples: readonly number[], p: number): number {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] as number;
}

export interface Summary {
  n: number;
  p50_ms: number;
  p99_ms: number;
}

export function summarise(samples: readonly number[]): Summary {
  const rounded = (p: number): number => Math.round(percentile(samples, p) * 100) / 100;
  return { n: samples.length, p50_ms: rounded(0.5), p99_ms: rounded(0.99) };
}
