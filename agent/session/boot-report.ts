import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import type { Manifest } from '../core/manifest.ts';

/** Seconds after the kernel's start from which on an agent that starts was not started by the boot. */
const longestBoot = 900;

/**
 * From the kernel's start until now, which is when the agent runs; empty when /proc does not say, or when it was so long
 * ago that the boot did not start this agent.
 */
export async function bootSpans(): Promise<Span[]> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => '');
  const seconds = Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0);
  if (seconds === 0 || Date.now() / 1000 - seconds > longestBoot) return [];
  return [
    {
      spanId: randomUUID(),
      name: 'boot',
      startUnixNs: seconds * 1e9,
      endUnixNs: Date.now() * 1e6,
      attributes: {},
    },
  ];
}

/** What the bake did, so that an instance's timeline shows what it was spared. */
export function bakedPulls(manifest: Manifest | undefined): Pull[] {
  return (manifest?.images ?? []).map(({ ref, digest, sizeBytes, pulledAt, pullMs, layers }) => {
    const at = Date.parse(pulledAt);
    return {
      ref,
      digest,
      sizeBytes,
      startTime: { seconds: Math.floor(at / 1000), nanos: (at % 1000) * 1e6 },
      pullMs,
      layers,
      atBake: true,
    };
  });
}
