import { defined } from '../../../proto/errors/defined.ts';
import type { AssignRequest__Output } from '../../../proto/gen/parbake/v1/AssignRequest.ts';
import type { Metadata } from '@grpc/grpc-js';
import { envBytes, envProblems, filesProblems, orderLimits } from '../../../proto/recipe/order-content.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { traceparentOf } from '../../core/traceparent.ts';
import { tracestateOf } from '../../core/tracestate.ts';
import type { IfExists__Output as ExistsName } from '../../../proto/gen/parbake/v1/IfExists.ts';
import type { Role__Output } from '../../../proto/gen/parbake/v1/Role.ts';
import type { ProtoTime } from '../../../proto/wire/time.ts';
import type { OnLoss } from '../../core/model.ts';
import type { AppliedRole } from '../../store/fleet.ts';
import type { IfExists } from '../../store/requests.ts';
import {
  bounded,
  durationFromProto,
  enumFromProto,
  invalid,
  readAll,
  readEach,
  refused,
  required,
} from './parts.ts';
import type { Wanted } from '../../fleet/requests.ts';
import { routesFromProto } from './routes.ts';

const existing: Record<ExistsName, IfExists | undefined> = {
  IF_EXISTS_UNSPECIFIED: undefined,
  IF_EXISTS_RETURN: 'RETURN',
  IF_EXISTS_REPLACE: 'REPLACE',
};

const waits = {
  WAIT_UNTIL_UNSPECIFIED: 'READY',
  WAIT_UNTIL_CLAIMED: 'CLAIMED',
  WAIT_UNTIL_EXEC: 'EXEC',
  WAIT_UNTIL_READY: 'READY',
  WAIT_UNTIL_ROUTED: 'ROUTED',
} as const;

/**
 * @param metadata of the call, which is where a trace context travels
 * @throws ParbakeError REQUEST_INVALID, ORDER_TOO_LARGE
 */
export function assignFromProto(message: AssignRequest__Output, metadata: Metadata): Omit<Wanted, 'owner'> {
  const [header = ''] = metadata.get('traceparent').map(String);
  const traceparent = traceparentOf(header) === undefined ? '' : header;
  const tracestate = traceparent === '' ? '' : tracestateOf(metadata.get('tracestate').map(String));
  const read = readAll({
    requestId: () => required('request_id', message.requestId, 128),
    user: () => required('user', message.user, 256),
    role: () => required('role', message.role, 63),
    environment: () => bounded('environment', message.environment, 256),
    env: () => envFromProto(message.env),
    files: () => filesFromProto(message.files),
    wait: () => waits[enumFromProto('wait', message.wait)],
    ttlMs: () => ttlFromProto('ttl', message.ttl),
    ifExists: () => existing[enumFromProto('if_exists', message.ifExists)],
    routes: () => routesFromProto(message.routes),
  });
  if (read.wait === 'ROUTED' && read.routes.length === 0)
    throw invalid('wait', 'is WAIT_UNTIL_ROUTED, but the request names no routes');
  const { ttlMs, ifExists, ...wanted } = read;
  return {
    ...wanted,
    traceparent,
    tracestate,
    ...defined({ ttlMs, ifExists }),
  };
}

/** @throws ParbakeError REQUEST_INVALID, ORDER_TOO_LARGE */
function envFromProto(env: Readonly<Record<string, string>>): Record<string, string> {
  refuseProblems('env', envProblems(env));
  const bytes = envBytes(env);
  if (bytes > orderLimits.envBytes) {
    const description = `has ${bytes} bytes, more than ${orderLimits.envBytes}`;
    const violation = { field: 'env', description };
    throw new ParbakeError('ORDER_TOO_LARGE', `env ${description}`, { violations: [violation] });
  }
  return { ...env };
}

function filesFromProto(files: Readonly<Record<string, Buffer>>): Record<string, string> {
  refuseProblems('files', filesProblems(files));
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, content.toString('base64')]),
  );
}

function refuseProblems(field: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw refused(problems.map((description) => ({ field, description })));
}

/** @throws ParbakeError REQUEST_INVALID, ROLE_INVALID */
export function rolesFromProto(messages: readonly RoleMessage[]): AppliedRole[] {
  if (messages.length === 0) throw invalid('roles', 'is empty');
  return readEach(messages, (message, index) => roleFromProto(`roles[${index}]`, message));
}

type RoleMessage = Pick<Role__Output, 'name' | 'userEnv' | 'takesFiles' | 'onLoss' | 'silentAfter'>;

function roleFromProto(field: string, message: RoleMessage): AppliedRole {
  const { takesFiles } = message;
  const { name, userEnv, loss } = readAll({
    name: () => roleNameFromProto(`${field}.name`, message.name),
    userEnv: () =>
      readEach(message.userEnv, (variable, index) =>
        variableFromProto(`${field}.user_env[${index}]`, variable),
      ),
    loss: () => lossFromProto(field, message),
  });
  const { onLoss = 'FAIL', ...silence } = loss;
  return { name, userEnv, takesFiles, onLoss, ...silence };
}

function roleNameFromProto(field: string, name: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name;
  const description = `"${name}" is not a role name: 1 to 63 lower-case letters, digits and hyphens`;
  throw refused([{ field, description }], 'ROLE_INVALID');
}

function variableFromProto(field: string, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw refused([{ field, description: `"${name}" is not the name of a variable` }], 'ROLE_INVALID');
}

/** Longer than any lease, and short enough for every clock. Milliseconds. */
const maxTtl = 3_650 * 86_400_000;

/** The shortest `silent_after`, in milliseconds: shorter silences are passing faults of the network. */
const silentAfterBounds = { min: 60_000, max: 86_400_000 };

/** @returns milliseconds; undefined when absent */
export function ttlFromProto(field: string, ttl: ProtoTime | null): number | undefined {
  const ms = durationFromProto(field, ttl);
  if (ms === undefined) return undefined;
  if (!(ms >= 1_000 && ms <= maxTtl)) throw invalid(field, 'is not between one second and ten years');
  return ms;
}

function silentAfterFromProto(field: string, silentAfter: ProtoTime | null): number | undefined {
  const ms = durationFromProto(field, silentAfter);
  const { min, max } = silentAfterBounds;
  if (ms !== undefined && !(ms >= min && ms <= max)) throw invalid(field, 'is not between 60 s and 24 h');
  return ms;
}

/** What happens to a serving assignment when its machine fails. @param field the path of the role */
export function lossFromProto(
  field: string,
  { onLoss: value, silentAfter }: Pick<Role__Output, 'onLoss' | 'silentAfter'>,
): { onLoss?: OnLoss; silentAfterMs?: number } {
  const { onLoss, silentAfterMs } = readAll({
    onLoss: () => enumFromProto(`${field}.on_loss`, value).replace('ON_LOSS_', ''),
    silentAfterMs: () => silentAfterFromProto(`${field}.silent_after`, silentAfter),
  });
  return {
    ...(onLoss === 'FAIL' || onLoss === 'REPLACE' ? { onLoss } : {}),
    ...defined({ silentAfterMs }),
  };
}
