import type { PrincipalKind } from './principal.ts';

const everybody: readonly PrincipalKind[] = ['agent', 'client', 'reader', 'operator', 'bootstrap'];
const agents: readonly PrincipalKind[] = ['agent'];
/** Those of assignments see and change their own only, unless they are an operator's. */
const callers: readonly PrincipalKind[] = ['client', 'operator'];
const lookers: readonly PrincipalKind[] = ['client', 'reader', 'operator'];
const inspectors: readonly PrincipalKind[] = ['reader', 'operator'];
const operators: readonly PrincipalKind[] = ['operator'];

/**
 * Who may call what: every method that the server answers has a row, or the server does not start. No row means nobody.
 * Which rows of its table a principal then sees is the handler's to say.
 */
export const permissions: Readonly<Record<string, readonly PrincipalKind[]>> = {
  '/parbake.v1.AgentService/CheckIn': agents,
  '/parbake.v1.AgentService/Session': agents,
  '/parbake.v1.AgentService/Report': agents,
  '/parbake.v1.AgentService/Attach': agents,

  '/parbake.v1.AttestService/Attest': ['bootstrap'],
  '/parbake.v1.AttestService/Renew': agents,
  '/parbake.v1.TrustService/CreateJoinToken': operators,
  '/parbake.v1.TrustService/LockInstance': operators,
  '/parbake.v1.TrustService/ReadmitInstance': operators,
  '/parbake.v1.TrustService/CreateToken': operators,
  '/parbake.v1.TrustService/ListTokens': operators,
  '/parbake.v1.TrustService/RevokeToken': operators,

  '/parbake.v1.AssignmentService/Assign': callers,
  '/parbake.v1.AssignmentService/StreamLogs': callers,
  '/parbake.v1.AssignmentService/Exec': callers,
  '/parbake.v1.AssignmentService/Release': callers,
  '/parbake.v1.AssignmentService/ExtendAssignment': callers,
  '/parbake.v1.AssignmentService/GetAssignment': lookers,
  '/parbake.v1.AssignmentService/ListAssignments': lookers,
  '/parbake.v1.AssignmentService/GetUsage': lookers,

  '/parbake.v1.FleetService/ListInstances': inspectors,
  '/parbake.v1.FleetService/GetInstance': inspectors,
  '/parbake.v1.FleetService/WatchInstances': inspectors,
  '/parbake.v1.FleetService/ListRoles': inspectors,
  '/parbake.v1.FleetService/ApplyRoles': operators,
  '/parbake.v1.FleetService/DeleteRole': operators,
  '/parbake.v1.FleetService/DrainInstance': operators,
  '/parbake.v1.FleetService/RetireInstance': operators,
  '/parbake.v1.FleetService/ClearQuarantine': operators,

  '/parbake.v1.PoolService/ListPools': inspectors,
  '/parbake.v1.PoolService/ExplainPool': inspectors,
  '/parbake.v1.PoolService/ApplyPools': operators,
  '/parbake.v1.PoolService/PausePool': operators,
  '/parbake.v1.PoolService/ResumePool': operators,
  '/parbake.v1.PoolService/DeletePool': operators,
  '/parbake.v1.PoolService/ExpectDemand': operators,

  '/parbake.v1.ImageService/ListImages': inspectors,
  '/parbake.v1.ImageService/BuildImage': operators,
  '/parbake.v1.ImageService/PromoteImage': operators,
  '/parbake.v1.ImageService/DeprecateImage': operators,

  '/parbake.v1.RouteService/ListRoutes': lookers,
  '/parbake.v1.RouteService/WatchRoutes': inspectors,
  '/parbake.v1.RouteService/ConfirmRoutes': operators,

  '/parbake.v1.PreviewService/ListPreviews': inspectors,
  '/parbake.v1.PreviewService/GetPreview': inspectors,
  '/parbake.v1.PreviewService/ReleasePreview': operators,
  '/parbake.v1.PreviewService/ApprovePreview': operators,

  '/parbake.v1.TelemetryService/GetTimeline': inspectors,
  '/parbake.v1.TelemetryService/QuerySamples': inspectors,
  '/parbake.v1.TelemetryService/ListEvents': inspectors,
  '/parbake.v1.TelemetryService/WatchEvents': inspectors,

  // CoreDNS, with a certificate of its own.
  '/coredns.dns.DnsService/Query': inspectors,

  '/grpc.health.v1.Health/Check': everybody,
  '/grpc.health.v1.Health/List': everybody,
  '/grpc.health.v1.Health/Watch': everybody,
  // Served with --dev only.
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': lookers,
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': lookers,
};

/** Where a connection came in. Each kind of listener takes some principals only, whatever the table says. */
export const doors = {
  /** Plaintext, on a Unix socket or on loopback. */
  local: ['client', 'reader', 'operator'],
  /** The same, where agents may say themselves which instance they are. */
  'local-insecure': ['agent', 'client', 'reader', 'operator'],
  /** TLS without a client's certificate. */
  attest: ['bootstrap'],
  /** Mutual TLS. */
  agents: ['agent'],
  /** TLS, with a certificate or a token. */
  api: ['client', 'reader', 'operator'],
} as const satisfies Record<string, readonly PrincipalKind[]>;

export type Door = keyof typeof doors;

/** @param method as gRPC has it, such as `/parbake.v1.FleetService/GetInstance` */
export function isAllowed(method: string, door: Door, kind: PrincipalKind): boolean {
  const admitted: readonly PrincipalKind[] = doors[door];
  return admitted.includes(kind) && (permissions[method]?.includes(kind) ?? false);
}
