import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isIP, Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';

/** A client that connected to a TLS listener and was not let in. */
export interface FailedHandshake {
  kind: HandshakeFault;
  /** What Node or OpenSSL says. */
  reason: string;
  /** `host:port` of the client; empty when the system no longer knows it. */
  peer: string;
}

/** Why a client was not let in: values of a metric's label. */
export type HandshakeFault =
  | 'plaintext'
  | 'no_certificate'
  | 'untrusted_certificate'
  | 'expired_certificate'
  | 'refused_by_client'
  | 'closed'
  | 'other';

/** Published by Node for each `listen()` of a server (https://nodejs.org/api/diagnostics_channel.html#net). */
const listening = 'tracing:net.server.listen:asyncStart';

/**
 * Runs `open`, and tells `onFailure` of each failed handshake on the TLS servers that it starts. gRPC keeps its servers to
 * itself and ignores what they say about handshakes; Node's diagnostics channel shows them when they start to listen.
 */
export async function watchHandshakes<T>(
  onFailure: (failure: FailedHandshake) => void,
  open: () => Promise<T>,
): Promise<T> {
  const scope = new AsyncLocalStorage<true>();
  const onListen = (message: unknown): void => {
    const server: unknown = Reflect.get(Object(message), 'server');
    // Other servers of the process may start at the same time.
    if (scope.getStore() === true && server instanceof TlsServer) watch(server, onFailure);
  };
  subscribe(listening, onListen);
  try {
    return await scope.run(true, open);
  } finally {
    unsubscribe(listening, onListen);
  }
}

function watch(server: TlsServer, onFailure: (failure: FailedHandshake) => void): void {
  // A socket forgets its peer when it is destroyed, unless somebody asked before.
  server.on('connection', (socket: Socket) => void socket.remoteAddress);
  server.on('tlsClientError', (cause, socket) => {
    const below = transportOf(socket);
    // A health check of a load balancer opens a connection and says nothing.
    if (below?.bytesRead === 0) return;
    onFailure({ ...faultOf(cause, socket), peer: addressOf(below ?? socket) });
  });
}

/** The TCP connection below TLS, which still knows its peer. Node does not document the way to it; without it the peer is unknown. */
function transportOf(socket: TLSSocket): Socket | undefined {
  const below: unknown = Reflect.get(socket, '_parent');
  return below instanceof Socket ? below : undefined;
}

function addressOf({ remoteAddress: host = '', remotePort: port = 0 }: Socket): string {
  if (host === '') return '';
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function faultOf(cause: Error, { authorizationError }: TLSSocket): Pick<FailedHandshake, 'kind' | 'reason'> {
  // Node closes the connection of a client whose certificate is invalid, and that is all the error says.
  const certificate = certificateFault(authorizationError);
  if (certificate !== undefined) return certificate;
  const code = codeOf(cause) ?? '';
  if (code === 'ECONNRESET')
    return { kind: 'closed', reason: 'the client closed the connection; it may not trust this certificate' };
  const found = openSslFaults.find(([pattern]) => pattern.test(code));
  const said = opensslReason(cause);
  if (found === undefined) return { kind: 'other', reason: said };
  return { kind: found[1], reason: `${found[2]} (${said})` };
}

/** @param error what Node found wrong: a code of OpenSSL, which its types take for an error */
function certificateFault(error: unknown): Pick<FailedHandshake, 'kind' | 'reason'> | undefined {
  const code = error instanceof Error ? (codeOf(error) ?? error.message) : error;
  if (typeof code !== 'string' || code === '') return undefined;
  const isExpired = code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID';
  const text = certificateTexts[code] ?? 'its certificate is invalid';
  return { kind: isExpired ? 'expired_certificate' : 'untrusted_certificate', reason: `${text} (${code})` };
}

const unsigned = 'its certificate is not signed by the CA in --tls-ca';
const certificateTexts: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; compare the clocks',
  INVALID_PURPOSE: 'its certificate is not one for clients (extendedKeyUsage clientAuth)',
  DEPTH_ZERO_SELF_SIGNED_CERT: unsigned,
  SELF_SIGNED_CERT_IN_CHAIN: unsigned,
  UNABLE_TO_GET_ISSUER_CERT: unsigned,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unsigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unsigned,
};

const openSslFaults: readonly (readonly [RegExp, HandshakeFault, string])[] = [
  [/HTTP_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/, 'plaintext', 'it does not speak TLS'],
  [/DID_NOT_RETURN_A_CERTIFICATE/, 'no_certificate', 'it showed no certificate'],
  [/_ALERT_/, 'refused_by_client', "it does not accept the coordinator's certificate"],
];

/** The words alone: OpenSSL's message has addresses of memory and lines of its source in it. */
function opensslReason(cause: Error): string {
  const reason: unknown = Reflect.get(cause, 'reason');
  return typeof reason === 'string' ? reason : reasonOf(cause);
}
