/** A call as HTTP has it. The OpenAPI document is made from this table, and the gateway answers by it. */
export interface Operation {
  /** A method of AssignmentService. */
  rpc: 'Assign' | 'GetAssignment' | 'ExtendAssignment' | 'Release';
  method: 'GET' | 'POST';
  /** Fields of the request in braces. */
  path: string;
  /** Fields of the request that are in the query. */
  query: readonly string[];
  /** Whether the other fields are in a JSON body. */
  hasBody: boolean;
}

export const operations: readonly Operation[] = [
  { rpc: 'Assign', method: 'POST', path: '/v1/assignments', query: [], hasBody: true },
  { rpc: 'GetAssignment', method: 'GET', path: '/v1/assignments', query: ['requestId'], hasBody: false },
  { rpc: 'GetAssignment', method: 'GET', path: '/v1/assignments/{assignmentId}', query: [], hasBody: false },
  {
    rpc: 'ExtendAssignment',
    method: 'POST',
    path: '/v1/assignments/{assignmentId}:extend',
    query: [],
    hasBody: true,
  },
  {
    rpc: 'Release',
    method: 'POST',
    path: '/v1/assignments/{assignmentId}:release',
    query: [],
    hasBody: false,
  },
];

/** The longest id in a path. */
const maxId = 128;

/** An operation, and the fields that its path names. */
export interface Found {
  operation: Operation;
  fields: Record<string, string>;
}

/** @returns undefined when there is none at the path */
export function operationAt(method: string, path: string): Found | undefined {
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const [before = '', after] = operation.path.split('{assignmentId}');
    if (after === undefined) {
      if (path === operation.path) return { operation, fields: {} };
      continue;
    }
    if (!path.startsWith(before) || !path.endsWith(after)) continue;
    const id = path.slice(before.length, path.length - after.length);
    if (/^[\w.-]+$/.test(id) && id.length <= maxId) return { operation, fields: { assignmentId: id } };
  }
  return undefined;
}
