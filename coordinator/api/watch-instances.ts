import type { ServerWritableStream } from '@grpc/grpc-js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { WatchInstancesRequest__Output } from '../../proto/gen/parbake/v1/WatchInstancesRequest.ts';
import type { WatchInstancesResponse } from '../../proto/gen/parbake/v1/WatchInstancesResponse.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Changes } from '../fleet/changes.ts';
import type { SharedReads } from '../fleet/shared-reads.ts';
import type { FleetView } from '../fleet/view.ts';
import { Wake } from '../fleet/wake.ts';
import type { Tenancy } from '../store/agents.ts';
import { watchedInstancesFromProto, type InstancesWanted } from './from-proto/lists.ts';
import { instanceMessage } from './to-proto.ts';

export type InstancesCall = ServerWritableStream<WatchInstancesRequest__Output, WatchInstancesResponse>;

/** Instances that are read at once. */
const pageSize = 1_000;
/** Milliseconds: when an instance changes several times in this time, it is sent once. */
const together = 20;
/** Milliseconds that a reader may not read. */
const readerPatience = 30_000;
/** Milliseconds after which whoever stops serving is noticed without a change. */
const idle = 3_600_000;

export interface WatchedFleet {
  fleet: FleetView;
  /** What all who watch read together. */
  reads: SharedReads;
  changes: Pick<Changes, 'watch'>;
}

/** Sends the instances that match now, and then each that changes, no faster than they are read, until the caller goes. */
export async function watchInstances(
  call: InstancesCall,
  { fleet, reads, changes }: WatchedFleet,
  gone: AbortSignal,
): Promise<void> {
  const wanted = watchedInstancesFromProto(call.request);
  const changed = new Set<string>();
  const wake = new Wake();
  const stop = changes.watch((instanceId) => {
    changed.add(instanceId);
    wake.call();
  });
  try {
    await sendAll(call, wanted, fleet, gone);
    while (!gone.aborted) {
      await wake.wait(idle, gone);
      await pause(together, gone);
      const ids = [...changed];
      changed.clear();
      for (const instanceId of ids) {
        const tenancy = await reads.instance(instanceId);
        if (tenancy !== undefined && matches(wanted, tenancy)) await send(call, tenancy, gone);
      }
    }
  } finally {
    stop();
  }
}

async function sendAll(
  call: InstancesCall,
  wanted: InstancesWanted,
  fleet: FleetView,
  gone: AbortSignal,
): Promise<void> {
  let after = '';
  for (let isLast = false; !isLast && !gone.aborted;) {
    const page = await fleet.instances({ ...wanted, after, limit: pageSize });
    for (const tenancy of page) await send(call, tenancy, gone);
    after = page.at(-1)?.instance.instanceId ?? '';
    isLast = page.length < pageSize;
  }
}

async function send(call: InstancesCall, tenancy: Tenancy, gone: AbortSignal): Promise<void> {
  if (gone.aborted || call.write({ instance: instanceMessage(tenancy) })) return;
  const drained = new AbortController();
  call.once('drain', () => drained.abort());
  await pause(readerPatience, AbortSignal.any([gone, drained.signal]));
  if (!gone.aborted && !drained.signal.aborted)
    throw new ParbakeError('READER_TOO_SLOW', `nothing was read for ${readerPatience / 1000} s`);
}

function matches({ role, state }: InstancesWanted, { instance }: Tenancy): boolean {
  return (
    (role === '' || instance.roles.some(({ name }) => name === role)) &&
    (state === undefined || instance.state === state)
  );
}
