import { performance } from 'node:perf_hooks';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { defined } from '../../proto/errors/defined.ts';
import type { AssignRequest } from '../../proto/gen/parbake/v1/AssignRequest.ts';
import { millisecondsOf, type ProtoTime } from '../../proto/wire/time.ts';
import { assign, getInstance, getTimeline } from '../support/calls.ts';
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
  clients: Clients,
  user: string,
  role: string,
  signal: AbortSignal,
): Promise<AssignmentReport> {
  const start = performance.now();
  const request: AssignRequest = { user, role, wait: 'WAIT_UNTIL_READY' };
  const { assignment } = await assign(clients, request, deadlines.assign);
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
  clients: Clients,
  instanceId: string,
  checkAgent: () => void,
): Promise<void> {
  await waitFor(`${instanceId} to be ready`, async () => {
    checkAgent();
    return (
      (await instanceState(clients, instanceId).catch(() => undefined))?.state === 'INSTANCE_STATE_READY'
    );
  });
}

export async function instanceState(clients: Clients, instanceId: string) {
  const { state, facts } = await getInstance(clients, instanceId);
  return { state, engineId: facts?.engineId ?? '' };
}

/** What the whole host moved during the assignment, once the agent's report has arrived. */
export async function assignmentIo(clients: Clients, report: AssignmentReport): Promise<IoReport> {
  const span = await waitFor(`the report of ${report.instance_id}`, async () => {
    const { spans } = await getTimeline(clients, report.instance_id);
    return spans.find(
      ({ name, assignmentId }) => name === 'assignment' && assignmentId === report.assignment_id,
    );
  });
  const { io } = span;
  return defined({
    instance_id: report.instance_id,
    disk_read_bytes: io?.diskReadBytes,
    disk_write_bytes: io?.diskWriteBytes,
    network_receive_bytes: io?.networkReceiveBytes,
    network_transmit_bytes: io?.networkTransmitBytes,
  });
}

function milliseconds(duration: ProtoTime | null | undefined): number {
  if (duration === null || duration === undefined)
    throw new Error('the coordinator did not say how long a step took');
  return millisecondsOf(duration);
}
