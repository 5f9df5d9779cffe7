import type { AssignRequest__Output } from '../../../proto/gen/parbake/v1/AssignRequest.ts';
import type { Metadata } from '@grpc/grpc-js';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { traceparentOf } from '../../core/traceparent.ts';
import { tracestateOf } from '../../core/tracestate.ts';
import type { Role__Output } from '../../../proto/gen/parbake/v1/Role.ts';
import type { KnownRole } from '../../core/model.ts';
import { enumFromProto, required, invalid } from './parts.ts';
import type { Wanted } from '../../fleet/requests.ts';

const waits = {
  WAIT_UNTIL_UNSPECIFIED: 'READY',
  WAIT_UNTIL_CLAIMED: 'CLAIMED',
  WAIT_UNTIL_EXEC: 'EXEC',
  WAIT_UNTIL_READY: 'READY',
} as const;

/**
 * Names and values of one assignment, in bytes: what a gate takes at most, less what the agent adds. An instance that could
 * not carry an order out would be set aside for it, and so would the next one.
 */
const maxEnvBytes = 960 * 1024;

/** Of one value, in bytes; the kernel takes 128 KiB with the name. */
const maxValueBytes = 96 * 1024;

/** Of one assignment. */
const maxFiles = 64;

const maxFileBytes = 1024 ** 2;

/** @param metadata of the call, which is where a trace context travels */
export function assignFromProto(message: AssignRequest__Output, metadata: Metadata): Wanted {
  const requestId = required('request_id', message.requestId, 128);
  const user = required('user', message.user, 256);
  const role = required('role', message.role, 63);
  if (message.environment.length > 256) throw invalid('environment', 'has more than 256 characters');
  const env = Object.entries(message.env);
  if (env.length > 128) throw invalid('env', 'has more than 128 variables');
  let envBytes = 0;
  for (const [name, value] of env) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name))
      throw invalid('env', `has the name "${name.slice(0, 300)}"`);
    if (value.includes('\0')) throw invalid('env', `has a value for ${name} with a NUL character`);
    const bytes = Buffer.byteLength(value);
    if (bytes > maxValueBytes)
      throw invalid('env', `has a value for ${name} of ${bytes} bytes, more than ${maxValueBytes}`);
    envBytes += name.length + bytes + 2;
  }
  if (envBytes > maxEnvBytes)
    throw new ParbakeError('ORDER_TOO_LARGE', `env has ${envBytes} bytes, more than ${maxEnvBytes}`);
  const [header = ''] = metadata.get('traceparent').map(String);
  const traceparent = traceparentOf(header) === undefined ? '' : header;
  const tracestate = traceparent === '' ? '' : tracestateOf(metadata.get('tracestate').map(String));
  const wait = waits[enumFromProto('wait', message.wait)];
  // Refused rather than ignored while nothing acts on it.
  if (message.ttl !== null) throw invalid('ttl', 'is not supported yet');
  if (enumFromProto('if_exists', message.ifExists) !== 'IF_EXISTS_UNSPECIFIED')
    throw invalid('if_exists', 'is not supported yet');
  return {
    requestId,
    user,
    role,
    environment: message.environment,
    env: Object.fromEntries(env),
    files: filesFromProto(message.files),
    wait,
    traceparent,
    tracestate,
  };
}

function filesFromProto(files: Readonly<Record<string, Buffer>>): Record<string, string> {
  const entries = Object.entries(files);
  if (entries.length > maxFiles) throw invalid('files', `has more than ${maxFiles} files`);
  const bytes = entries.reduce((sum, [, content]) => sum + content.length, 0);
  if (bytes > maxFileBytes) throw invalid('files', `has ${bytes} bytes, more than ${maxFileBytes}`);
  for (const [name] of entries)
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/.test(name)) throw invalid('files', `has the name "${name}"`);
  return Object.fromEntries(entries.map(([name, content]) => [name, content.toString('base64')]));
}

/** @throws ParbakeError ROLE_INVALID */
export function roleFromProto(message: Role__Output): Pick<KnownRole, 'name' | 'userEnv' | 'takesFiles'> {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(message.name))
    throw new ParbakeError(
      'ROLE_INVALID',
      `"${message.name}" is not a role name: 1 to 63 lower-case letters, digits and hyphens`,
    );
  const bad = message.userEnv.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad !== undefined)
    throw new ParbakeError('ROLE_INVALID', `role ${message.name}: "${bad}" is not the name of a variable`);
  return { name: message.name, userEnv: message.userEnv, takesFiles: message.takesFiles };
}
