import { randomUUID } from 'node:crypto';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { connectCoordinator } from '../testbed/parbake.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { AssignRequest } from '../../proto/gen/parbake/v1/AssignRequest.ts';
import type { AssignResponse__Output } from '../../proto/gen/parbake/v1/AssignResponse.ts';
import type { ConfirmRoutesRequest } from '../../proto/gen/parbake/v1/ConfirmRoutesRequest.ts';
import type { ConfirmRoutesResponse__Output } from '../../proto/gen/parbake/v1/ConfirmRoutesResponse.ts';
import type { CreateJoinTokenResponse__Output } from '../../proto/gen/parbake/v1/CreateJoinTokenResponse.ts';
import type { GetAssignmentResponse__Output } from '../../proto/gen/parbake/v1/GetAssignmentResponse.ts';
import type { GetTimelineRequest } from '../../proto/gen/parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { ListAssignmentsRequest } from '../../proto/gen/parbake/v1/ListAssignmentsRequest.ts';
import type { ListAssignmentsResponse__Output } from '../../proto/gen/parbake/v1/ListAssignmentsResponse.ts';
import type { ListPreviewsResponse__Output } from '../../proto/gen/parbake/v1/ListPreviewsResponse.ts';
import type { ListRoutesRequest } from '../../proto/gen/parbake/v1/ListRoutesRequest.ts';
import type { ListRoutesResponse__Output } from '../../proto/gen/parbake/v1/ListRoutesResponse.ts';
import type { Preview__Output } from '../../proto/gen/parbake/v1/Preview.ts';
import type { ReleaseResponse__Output } from '../../proto/gen/parbake/v1/ReleaseResponse.ts';

type Clients = ReturnType<typeof connectCoordinator>;

/** @param timeoutMs the caller's deadline, which only a call that hangs reaches */
export async function assign(
  { assignments }: Clients,
  request: AssignRequest,
  timeoutMs = 60_000,
  headers: Readonly<Record<string, string>> = {},
): Promise<AssignResponse__Output> {
  const deadline = Date.now() + timeoutMs;
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return await answered((done) =>
    assignments.assign({ requestId: randomUUID(), ...request }, metadata, { deadline }, done),
  );
}

export async function release(
  { assignments }: Clients,
  assignmentId: string,
): Promise<ReleaseResponse__Output> {
  return await answered((done) => assignments.release({ assignmentId }, done));
}

export async function listRoutes(
  { routes }: Clients,
  request: ListRoutesRequest,
): Promise<ListRoutesResponse__Output> {
  return await answered((done) =>
    routes.listRoutes(request, { deadline: Date.now() + deadlines.read }, done),
  );
}

export async function confirmRoutes(
  { routes }: Clients,
  request: ConfirmRoutesRequest,
): Promise<ConfirmRoutesResponse__Output> {
  return await answered((done) =>
    routes.confirmRoutes(request, { deadline: Date.now() + deadlines.read }, done),
  );
}

/** Previews by their branch, also those that are over. */
export async function previewsOf({ previews }: Clients): Promise<Map<string, Preview__Output>> {
  const found = await answered<ListPreviewsResponse__Output>((done) =>
    previews.listPreviews({ includeEnded: true }, { deadline: Date.now() + deadlines.read }, done),
  );
  return new Map(found.previews.map((preview) => [preview.branch, preview]));
}

export async function listAssignments(
  { assignments }: Clients,
  request: ListAssignmentsRequest,
): Promise<Assignment__Output[]> {
  const answer = await answered<ListAssignmentsResponse__Output>((done) =>
    assignments.listAssignments(request, { deadline: Date.now() + deadlines.read }, done),
  );
  return answer.assignments;
}

/** Every assignment there is, page after page. */
export async function allAssignments(
  { assignments }: Clients,
  request: Omit<ListAssignmentsRequest, 'pageToken'> = {},
): Promise<Assignment__Output[]> {
  const found: Assignment__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await answered<ListAssignmentsResponse__Output>((done) =>
      assignments.listAssignments(
        { pageSize: 1_000, ...request, pageToken },
        { deadline: Date.now() + deadlines.read },
        done,
      ),
    );
    found.push(...page.assignments);
    if (page.nextPageToken === '') return found;
    pageToken = page.nextPageToken;
  }
}

export async function getAssignment(
  { assignments }: Clients,
  assignmentId: string,
): Promise<GetAssignmentResponse__Output> {
  return await answered((done) =>
    assignments.getAssignment({ assignmentId }, { deadline: Date.now() + deadlines.read }, done),
  );
}

/** A token that admits one instance once. */
export async function createJoinToken({ trust }: Clients, instanceId: string): Promise<string> {
  const { joinToken } = await answered<CreateJoinTokenResponse__Output>((done) =>
    trust.createJoinToken({ instanceId }, { deadline: Date.now() + deadlines.read }, done),
  );
  return joinToken;
}

export async function getInstance({ fleet }: Clients, instanceId: string): Promise<Instance__Output> {
  const { instance } = await answered<{ instance: Instance__Output | null }>((done) =>
    fleet.getInstance({ instanceId }, { deadline: Date.now() + deadlines.read }, done),
  );
  if (instance === null) throw new Error(`no instance ${instanceId} in the answer`);
  return instance;
}

export async function getTimeline(
  { telemetry }: Clients,
  instanceId: string,
  part: Omit<GetTimelineRequest, 'instanceId'> = {},
): Promise<GetTimelineResponse__Output> {
  return await answered((done) =>
    telemetry.getTimeline({ instanceId, ...part }, { deadline: Date.now() + deadlines.read }, done),
  );
}

/** @throws ParbakeError as the command line gets it */
export function answered<T>(
  call: (done: (error: ServiceError | null, value?: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error !== null || value === undefined) reject(fromStatus(error));
      else resolve(value);
    });
  });
}
