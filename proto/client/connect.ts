import { randomUUID } from 'node:crypto';
import { env as ownEnv } from 'node:process';
import { defined } from '../errors/defined.ts';
import { ParbakeError } from '../errors/errors.ts';
import type { AssignRequest } from '../gen/parbake/v1/AssignRequest.ts';
import type { AssignResponse__Output } from '../gen/parbake/v1/AssignResponse.ts';
import { clientCredentials, serverOnlyCredentials } from '../wire/channel.ts';
import { deadlines } from '../wire/deadlines.ts';
import { defaultSocket } from '../wire/default-socket.ts';
import type { CallOptions } from '../wire/promise-client.ts';
import { persistent } from './persistent.ts';
import { openServices, type Services } from './services.ts';
import { isToken, withToken } from './token.ts';

/** A text or the bytes of a file, in PEM. */
type Pem = string | Uint8Array;

/** How to know the coordinator, and with a certificate also how it knows the caller. */
export interface ClientTls {
  /** Certificates that the coordinator's must be signed by. */
  ca: Pem;
  /** The caller's certificate, with its key. Left out by a caller that has a token. */
  certificate?: Pem;
  key?: Pem;
  /** What the coordinator's certificate must be valid for, where that is not the host that is dialled. */
  name?: string;
}

export interface ConnectOptions {
  /** `host:port`, or `unix:PATH`. Default: the socket of a coordinator on this machine. */
  address?: string;
  /** Absent only for a Unix socket or a loopback address. */
  tls?: ClientTls;
  /** A token, in place of a certificate (`parbake token create`). */
  token?: string;
  /** Where HTTPS_PROXY and NO_PROXY are. Default: this process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** What Assign is asked for. `requestId` is made when it is absent; a caller that may die meanwhile stores its own first. */
export type AssignWanted = AssignRequest & { user: string; role: string };

/** The calls of AssignmentService. */
export interface AssignmentCalls extends Omit<Services['assignments'], 'assign'> {
  /**
   * Gives a user an instance. While the coordinator is away, it is asked again with the same request id, so that the user
   * gets one instance.
   * @param options `timeoutMs` is 60 s unless given
   * @throws ParbakeError such as NO_CAPACITY, ASSIGNMENT_FAILED, ROLE_UNKNOWN
   */
  assign(request: AssignWanted, options?: CallOptions): Promise<AssignResponse__Output>;
}

/** A coordinator. One is enough for a process: its calls share a connection. */
export interface Coordinator extends Pick<Services, 'fleet' | 'telemetry' | 'trust' | 'close'> {
  assignments: AssignmentCalls;
}

/**
 * Opens a client of the coordinator's API. Nothing is dialled before the first call. Calls that do the same when they are
 * made twice (reads, assign, extend, release) are made again while the coordinator is away, until their `timeoutMs` is
 * over.
 * @throws ParbakeError INSECURE_ADDRESS without TLS for another machine, REQUEST_INVALID for half of a certificate or a
 *   token that cannot be sent
 */
export function connect({
  address = defaultSocket,
  tls,
  token,
  env = ownEnv,
}: ConnectOptions = {}): Coordinator {
  if (token !== undefined && !isToken(token))
    throw new ParbakeError('REQUEST_INVALID', 'the token has characters that no token has');
  const interceptors = token === undefined ? [] : [withToken(token)];
  const services = openServices(
    address,
    { credentials: credentialsOf(address, tls, token), interceptors },
    env,
  );
  const { assignments, fleet, telemetry } = services;
  const assign = persistent(assignments.assign, deadlines.assign);
  return {
    ...services,
    assignments: {
      ...assignments,
      assign: (request, options) => assign({ requestId: randomUUID(), ...request }, options),
      getAssignment: persistent(assignments.getAssignment, deadlines.read),
      listAssignments: persistent(assignments.listAssignments, deadlines.read),
      getUsage: persistent(assignments.getUsage, deadlines.read),
      extendAssignment: persistent(assignments.extendAssignment, deadlines.read),
      release: persistent(assignments.release, deadlines.release),
    },
    fleet: {
      ...fleet,
      getInstance: persistent(fleet.getInstance, deadlines.read),
      listInstances: persistent(fleet.listInstances, deadlines.read),
      listRoles: persistent(fleet.listRoles, deadlines.read),
    },
    telemetry: {
      ...telemetry,
      getTimeline: persistent(telemetry.getTimeline, deadlines.read),
      listEvents: persistent(telemetry.listEvents, deadlines.read),
      querySamples: persistent(telemetry.querySamples, deadlines.read),
    },
  };
}

function credentialsOf(address: string, tls: ClientTls | undefined, token: string | undefined) {
  if (tls === undefined) return clientCredentials(address, undefined);
  const { ca, certificate, key, name } = tls;
  if ((certificate === undefined) !== (key === undefined))
    throw new ParbakeError(
      'REQUEST_INVALID',
      'tls.certificate and tls.key belong together: give both or neither',
    );
  const named = { ca: Buffer.from(ca), ...defined({ name }) };
  if (certificate !== undefined && key !== undefined)
    return clientCredentials(address, {
      ...named,
      certificate: Buffer.from(certificate),
      key: Buffer.from(key),
    });
  if (token === undefined)
    throw new ParbakeError(
      'REQUEST_INVALID',
      'nothing says who calls: give tls.certificate and tls.key, or a token',
    );
  return serverOnlyCredentials(address, named);
}
