import type { Usage as UsageMessage } from '../../proto/gen/parbake/v1/Usage.ts';
import { defined } from '../../proto/errors/defined.ts';
import { durationOf } from '../../proto/wire/time.ts';
import type { UsageTotal } from '../store/usage.ts';

export function usageMessage(total: UsageTotal): UsageMessage {
  const { key, assignments, instanceMs, sampledMs, cpuMs } = total;
  return {
    key,
    assignments,
    instanceDuration: durationOf(instanceMs),
    sampledDuration: durationOf(sampledMs),
    ...defined({
      cpuDuration: durationOf(cpuMs === undefined ? undefined : Math.min(cpuMs, maxDuration)),
      maxMemoryBytes: whole(total.memoryBytes),
      diskReadBytes: whole(total.diskReadBytes),
      diskWriteBytes: whole(total.diskWriteBytes),
      networkReceiveBytes: whole(total.networkReceiveBytes),
      networkTransmitBytes: whole(total.networkTransmitBytes),
    }),
  };
}

/** What protobuf allows, in milliseconds: agents may report any figure. */
const maxDuration = 315_576_000_000_000;

function whole(count: number | undefined): number | undefined {
  return count === undefined ? undefined : Math.min(Math.round(count), Number.MAX_SAFE_INTEGER);
}
