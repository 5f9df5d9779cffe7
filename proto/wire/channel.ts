import { credentials, ServerCredentials, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { hostOf, refusePlaintext } from './address.ts';
import { coordinatorName, identityCheck } from './server-identity.ts';
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

/** Older versions have ciphers and handshakes that are not worth their risk: all of our programs speak this one. */
const protocol = { minVersion: 'TLSv1.3' } as const;

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
  if (tls !== undefined) return tlsCredentials(address, tls, { cert: tls.certificate, key: tls.key });
  refusePlaintext(address);
  return credentials.createInsecure();
}

/**
 * Credentials for a client that has no certificate yet: only the coordinator proves who it is.
 * @param ca certificates that the coordinator's must be signed by, and the name that it must have where that is not its host
 */
export function serverOnlyCredentials(
  address: string,
  tls: Pick<TlsFiles, 'ca' | 'name'>,
): ChannelCredentials {
  return tlsCredentials(address, tls, {});
}

function tlsCredentials(
  address: string,
  { ca, name }: Pick<TlsFiles, 'ca' | 'name'>,
  own: { cert?: Buffer; key?: Buffer },
): ChannelCredentials {
  const checkServerIdentity = identityCheck(hostOf(address), name);
  return credentials.createFromSecureContext(createSecureContext({ ca, ...own, ...protocol }), {
    checkServerIdentity,
  });
}

/**
 * Credentials for a listener. With TLS every client must show a certificate signed by `tls.ca`.
 * @throws ParbakeError INSECURE_ADDRESS
 */
export function listenerCredentials(address: string, tls: TlsFiles | undefined): ServerCredentials {
  if (tls !== undefined) return new Tls13Credentials(tls, { requestCert: true });
  refusePlaintext(address);
  return ServerCredentials.createInsecure();
}

/** Credentials for a listener whose clients show a certificate, or else something that the calls bring. */
export function optionalClientCredentials(tls: TlsFiles): ServerCredentials {
  return new Tls13Credentials(tls, { requestCert: true, rejectUnauthorized: false });
}

/** Credentials for a listener whose clients have no certificate yet. */
export function anonymousListenerCredentials(tls: TlsFiles): ServerCredentials {
  return new Tls13Credentials(tls, { requestCert: false });
}

/** The server credentials of grpc-js accept TLS 1.2 as well. */
class Tls13Credentials extends ServerCredentials {
  constructor(
    { ca, certificate, key }: TlsFiles,
    asked: { requestCert: boolean; rejectUnauthorized?: boolean },
  ) {
    super({ rejectUnauthorized: true, ...asked, ...protocol }, { ca, cert: certificate, key });
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
