import type { StreamLogsRequest__Output } from '../../../proto/gen/parbake/v1/StreamLogsRequest.ts';
import { bounded, readAll, required, sizeFromProto } from './parts.ts';

export interface LogsWanted {
  assignmentId: string;
  /** Empty for the only one. */
  container: string;
  follow: boolean;
  /** Lines. */
  tail: number;
}

/** Names all wrong fields at once, as REQUEST_INVALID. */
export function logsFromProto(request: StreamLogsRequest__Output): LogsWanted {
  const { follow } = request;
  const read = readAll({
    assignmentId: () => required('assignment_id', request.assignmentId, 128),
    container: () => bounded('container', request.container, 128),
    tail: () => sizeFromProto('tail', request.tail, 1_000, 100_000),
  });
  return { ...read, follow };
}
