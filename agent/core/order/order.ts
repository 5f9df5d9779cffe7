import { ParbakeError } from '../../../proto/errors/errors.ts';
import { envProblems, filesProblems, notTaken } from '../../../proto/recipe/order-content.ts';
import type { ContainerSpec, Role } from '../../../proto/recipe/role.ts';

/** What an assignment tells the agent; see Order in agent.proto. */
export interface Order {
  assignmentId: string;
  user: string;
  environment: string;
  role: string;
  env: Record<string, string>;
  /** Content by name. */
  files: Record<string, Buffer>;
  /** Absent where the role takes none, or the coordinator sent none. */
  certificate?: OrderCertificate;
}

/** What containers of an assignment prove themselves with, in PEM. */
export interface OrderCertificate {
  /** The private key, which this instance made. */
  key: string;
  /** The certificate, and those between it and the roots. */
  chain: string;
  /** The roots. */
  authorities: string;
}

/** What the coordinator wants of this instance. */
export type Desired =
  | { phase: 'idle' }
  | { phase: 'run'; order: Order }
  /** `order` is absent when the instance is quarantined before it had one. */
  | { phase: 'stop'; order?: Order };

/** Whether a container was made for this order, or prepared for whoever has its role. */
export function isOfOrder(
  container: { role: string; assignmentId: string },
  { assignmentId, role }: Pick<Order, 'assignmentId' | 'role'>,
): boolean {
  return (
    container.assignmentId === assignmentId || (container.assignmentId === '' && container.role === role)
  );
}

/** Variables that every container of an assignment gets. */
export function environmentOf(
  order: Order,
  container: ContainerSpec,
  instanceId: string,
): Record<string, string> {
  const allowed = Object.entries(order.env).filter(([name]) => container.userEnv.includes(name));
  return {
    ...Object.fromEntries(allowed),
    PARBAKE_USER: order.user,
    PARBAKE_ENVIRONMENT: order.environment,
    PARBAKE_ASSIGNMENT_ID: order.assignmentId,
    PARBAKE_INSTANCE_ID: instanceId,
  };
}

/**
 * Refuses an order that asks for more than was baked, or whose names and values the coordinator would not take either: the
 * agent writes files with these names as root, and does not rely on its peer's checks.
 * @param role the order's, as it was baked; undefined when there is none of that name
 * @throws ParbakeError ROLE_UNKNOWN, ENV_NOT_ALLOWED, FILES_NOT_ALLOWED, REQUEST_INVALID
 */
export function checkOrder(order: Order, role: Role | undefined): void {
  if (role === undefined)
    throw new ParbakeError('ROLE_UNKNOWN', `role ${order.role} is not in this instance's manifest`);
  const taken = new Set(role.containers.flatMap(({ userEnv }) => userEnv));
  const refused = Object.keys(order.env).filter((name) => !taken.has(name));
  if (refused.length > 0) throw new ParbakeError('ENV_NOT_ALLOWED', notTaken(role.name, refused));
  if (Object.keys(order.files).length > 0 && role.containers.every(({ files }) => files === undefined))
    throw new ParbakeError('FILES_NOT_ALLOWED', `role ${role.name} takes no files`);
  const problems = [
    ...envProblems(order.env).map((problem) => `env ${problem}`),
    ...filesProblems(order.files).map((problem) => `files ${problem}`),
  ];
  if (problems.length > 0) throw new ParbakeError('REQUEST_INVALID', problems.slice(0, 3).join('; '));
}
