import { credentials, ServerCredentials, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { ParbakeError } from '../errors/errors.ts';
import type { CommandContext } from '../process/command.ts';
import { proxyOf } from './proxy.ts';

/**
 * The channel options that we set. grpc-js takes any key in silence, so they are built here only, from a
 * type without an index signature; keys and units are those of the gRPC core library.
 */
interface KnownChannelOptions {
  'grpc.keepalive_time_ms': number;
  'grpc.keepalive_timeout_ms': number;
  'grpc.keepalive_permit_without_calls': 0 | 1;
  'grpc.max_receive_message_length': number;
  'grpc.enable_retries'?: 0 | 1;
  'grpc.initial_reconnect_backoff_ms'?: number;
  'grpc.max_reconnect_backoff_ms'?: number;
  'grpc.use_local_subchannel_pool'?: 0 | 1;
  'grpc.max_concurrent_streams'?: number;
  /** MiB. */
  'grpc-node.max_session_memory'?: number;
  'grpc.ssl_target_name_override'?: string;
  'grpc.enable_http_proxy'?: 0 | 1;
}

/**
 * A name that every coordinator's certificate may have beside its own. A coordinator whose IP address changes at each
 * start can have it instead of an address.
 */
export const coordinatorName = 'parbake-coordinator';

/** A frozen peer is noticed within keepalive time + timeout: 30 s. */
const keepalive = {
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
} as const;

/** Bytes. What a server is sent: a batch of an agent's fits; a message larger than this is a mistake. */
const maxMessageLength = 4 * 1024 * 1024;
/** Bytes. What a server answers: a month of an instance's timeline is some 4 MiB, of a busy one several times that. */
const maxAnswerLength = 64 * 1024 * 1024;

/** @param address as it is dialled. @param env that a proxy may stand in; without it there is none */
export function clientOptions(address: string, env: CommandContext['env'] = {}): ChannelOptions {
  const options: KnownChannelOptions = {
    ...keepalive,
    'grpc.max_receive_message_length': maxAnswerLength,
    // We retry by ourselves, with a request_id or a sequence; the library would also buffer streams for it.
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 500,
    'grpc.max_reconnect_backoff_ms': 30_000,
    'grpc.use_local_subchannel_pool': 1,
    // A server name indication cannot be an IP address; what the certificate must hold is checked by `identityCheck`.
    ...(isIP(hostOf(address)) === 0 ? {} : { 'grpc.ssl_target_name_override': coordinatorName }),
    ...(proxyOf(address, env) === undefined ? { 'grpc.enable_http_proxy': 0 as const } : {}),
  };
  return { ...options };
}

export function serverOptions(): ChannelOptions {
  const options: KnownChannelOptions = {
    ...keepalive,
    'grpc.max_receive_message_length': maxMessageLength,
    // Beyond this a client's library keeps calls to itself, which then seem to hang, and closes the connection when it
    // gives up many of them. So it is far above what one connection does; what is too much is refused by name.
    'grpc.max_concurrent_streams': 20_000,
    // What waits for one connection that is not read. Beyond it new calls are refused, and the others go on.
    'grpc-node.max_session_memory': 64,
  };
  return { ...options };
}

/** PEM texts. */
export interface TlsFiles {
  /** Certificates that the peer's must be signed by. */
  ca: Buffer;
  certificate: Buffer;
  key: Buffer;
  /** What the server's certificate must be valid for, where that is not the host that is dialled. */
  name?: string;
}

/**
 * Credentials for a client. Without TLS only loopback addresses and Unix sockets are accepted.
 * @throws ParbakeError INSECURE_ADDRESS
 */
export function clientCredentials(address: string, tls: TlsFiles | undefined): ChannelCredentials {
  if (tls !== undefined)
    return credentials.createSsl(tls.ca, tls.key, tls.certificate, {
      checkServerIdentity: identityCheck(hostOf(address), tls.name),
    });
  refusePlaintext(address);
  return credentials.createInsecure();
}

/**
 * Credentials for a client that has no certificate yet: only the coordinator proves who it is.
 * @param ca certificates that the coordinator's must be signed by, and the name that it must have where that is not its host
 */
export function serverOnlyCredentials(
  address: string,
  { ca, name }: Pick<TlsFiles, 'ca' | 'name'>,
): ChannelCredentials {
  return credentials.createSsl(ca, null, null, { checkServerIdentity: identityCheck(hostOf(address), name) });
}

/**
 * Credentials for a listener. With TLS every client must show a certificate signed by `tls.ca`.
 * @throws ParbakeError INSECURE_ADDRESS
 */
export function listenerCredentials(address: string, tls: TlsFiles | undefined): ServerCredentials {
  if (tls !== undefined) {
    return ServerCredentials.createSsl(tls.ca, [{ cert_chain: tls.certificate, private_key: tls.key }], true);
  }
  refusePlaintext(address);
  return ServerCredentials.createInsecure();
}

/** Credentials for a listener whose clients have no certificate yet. */
export function anonymousListenerCredentials({ certificate, key }: TlsFiles): ServerCredentials {
  return ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: key }], false);
}

function refusePlaintext(address: string): void {
  if (!isLocal(address)) {
    throw new ParbakeError(
      'INSECURE_ADDRESS',
      `${address} is not a loopback address, so plaintext is refused there`,
    );
  }
}

/**
 * Checks a certificate against the host that was dialled: a name as any TLS client does, an address by its IP SANs.
 * @param name to check it against instead
 */
function identityCheck(host: string, name: string | undefined): typeof checkServerIdentity {
  return (_, certificate) => {
    if (name !== undefined) return checkServerIdentity(name, certificate);
    const mismatch = checkServerIdentity(host, certificate);
    if (mismatch === undefined) return undefined;
    const isNamed = isIP(host) !== 0 && checkServerIdentity(coordinatorName, certificate) === undefined;
    return isNamed ? undefined : mismatch;
  };
}

/** Without the port, and without the brackets of an IPv6 address. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** `unix:` paths, 127.0.0.0/8 and [::1]. A host name may resolve to anything, so `localhost` alone is taken. */
export function isLocal(address: string): boolean {
  if (address.startsWith('unix:')) return true;
  const host = address.replace(/:\d+$/, '');
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) || host === '[::1]' || host === 'localhost';
}
