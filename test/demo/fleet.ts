import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { AssignResponse__Output } from '../../proto/gen/parbake/v1/AssignResponse.ts';
import type { GetInstanceResponse__Output } from '../../proto/gen/parbake/v1/GetInstanceResponse.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import { millisecondsOf, type ProtoTime } from '../../proto/wire/time.ts';
import type { Coordinator } from '../testbed/parbake.ts';
import { waitFor } from '../testbed/wait.ts';
import type { AssignmentReport, IoReport } from './document.ts';
import { firstPage } from './page.ts';

type Clients = Coordinator['clients'];

/** A backend has its connection before a user comes; so that the first call does not pay for it. */
export async function connected({ assignments }: Clients): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    assignments.waitForReady(Date.now() + deadlines.read, (error) => {
      if (error === undefined) resolve();
      else reject(fromStatus(error));
    });
  });
}

/** Gives a user an instance and fetches the page, as a product's backend and its user's browser would. */
export async function assignAndFetch(
  { assignments }: Clients,
  user: string,
  role: string,
  signal: AbortSignal,
): Promise<AssignmentReport> {
  const start = performance.now();
  const { assignment } = await call<AssignResponse__Output>((done) =>
    assignments.assign(
      { requestId: randomUUID(), user, role, wait: 'WAIT_UNTIL_READY' },
      { deadline: Date.now() + deadlines.assign },
      done,
    ),
  );
  const endpoint = assignment?.endpoints[0];
  if (assignment === null || endpoint === undefined)
    throw new Error(`the assignment of ${user} has no endpoint`);
  const page = await firstPage(endpoint.host, endpoint.port, signal);
  const answerMs = performance.now() - start;
  return {
    assignment_id: assignment.assignmentId,
    user,
    instance_id: assignment.instanceId,
    claim_ms: milliseconds(assignment.timings?.claimed),
    start_ms: milliseconds(assignment.timings?.started),
    ready_ms: milliseconds(assignment.timings?.ready),
    answer_ms: answerMs,
    http_status: page.status,
    body: page.body,
  };
}

/** @returns its engine id and state, once it is in the pool */
export async function awaitInstance(
  { fleet }: Clients,
  instanceId: string,
  checkAgent: () => void,
): Promise<void> {
  await waitFor(`${instanceId} to be ready`, async () => {
    checkAgent();
    return (await instanceState(fleet, instanceId).catch(() => undefined))?.state === 'INSTANCE_STATE_READY';
  });
}

export async function instanceState(fleet: Clients['fleet'], instanceId: string) {
  const { instance } = await call<GetInstanceResponse__Output>((done) =>
    fleet.getInstance({ instanceId }, { deadline: Date.now() + deadlines.read }, done),
  );
  if (instance === null) throw new Error(`the coordinator does not know ${instanceId}`);
  return { state: instance.state, engineId: instance.facts?.engineId ?? '' };
}

/** What the whole host moved during the assignment, once the agent's report has arrived. */
export async function assignmentIo({ telemetry }: Clients, report: AssignmentReport): Promise<IoReport> {
  const span = await waitFor(`the report of ${report.instance_id}`, async () => {
    const { spans } = await call<GetTimelineResponse__Output>((done) =>
      telemetry.getTimeline(
        { instanceId: report.instance_id },
        { deadline: Date.now() + deadlines.read },
        done,
      ),
    );
    return spans.find(
      ({ name, assignmentId }) => name === 'assignment' && assignmentId === report.assignment_id,
    );
  });
  const { io } = span;
  return {
    instance_id: report.instance_id,
    ...(io?.diskReadBytes === undefined ? {} : { disk_read_bytes: io.diskReadBytes }),
    ...(io?.diskWriteBytes === undefined ? {} : { disk_write_bytes: io.diskWriteBytes }),
    ...(io?.networkReceiveBytes === undefined ? {} : { network_receive_bytes: io.networkReceiveBytes }),
    ...(io?.networkTransmitBytes === undefined ? {} : { network_transmit_bytes: io.networkTransmitBytes }),
  };
}

async function call<T>(start: (done: (error: Error | null, response?: T) => void) => unknown): Promise<T> {
  return await new Promise((resolve, reject) => {
    start((error, response) => {
      if (error !== null || response === undefined) reject(fromStatus(error));
      else resolve(response);
    });
  });
}

function milliseconds(duration: ProtoTime | null | undefined): number {
  if (duration === null || duration === undefined)
    throw new Error('the coordinator did not say how long a step took');
  return millisecondsOf(duration);
}
