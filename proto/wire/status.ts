import { Metadata, status, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import protobuf from 'protobufjs/light.js';
import { catalogue } from '../errors/catalogue.ts';
import {
  isErrorCode,
  ParbakeError,
  toParbakeError,
  type ErrorCode,
  type ErrorDetails,
  type FieldViolation,
} from '../errors/errors.ts';
import description from '../gen/google-rpc.json' with { type: 'json' };
import { durationOf, millisecondsOf, type ProtoTime } from './time.ts';

/** `ErrorInfo.domain` of every error that Parbake names: its `reason` is a code of the catalogue. */
export const errorDomain = 'parbake.dev';

/** Metadata key of a `google.rpc.Status`, which carries an error's details beside its gRPC status. */
const detailsKey = 'grpc-status-details-bin';

/**
 * Every gRPC client and proxy accepts headers of 8 KiB in all. Bytes of a text, of all violations and of all details, which
 * base64 makes a third longer; and of the message as its header has it, which is percent-encoded.
 */
const limits = { text: 300, message: 1_400, violations: 2_400, bytes: 4_096 };

interface Info {
  reason: string;
  domain: string;
  metadata: Record<string, string>;
}

/** One detail of a `google.rpc.Status`. */
export type ErrorDetail =
  | { type: 'ErrorInfo'; value: Info }
  | { type: 'BadRequest'; value: { fieldViolations: FieldViolation[] } }
  | { type: 'RetryInfo'; value: { retryDelay: ProtoTime } }
  | { type: 'ResourceInfo'; value: { resourceType: string; resourceName: string } };

/** The status that a handler answers with, and the error's details for programs. */
export function toStatus(error: ParbakeError): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const code = status[catalogue[error.code].grpc];
  const message = shortened(error.message, limits.message, encodedLength);
  const metadata = new Metadata();
  metadata.set(detailsKey, encoded(code, message, errorDetails(error)));
  return { code, details: message, metadata };
}

/** The error that a call failed with: the one that the other side sent, or one that says why it was not reached. */
export function fromStatus(cause: unknown): ParbakeError {
  if (!isServiceError(cause)) return toParbakeError(cause);
  const [bytes] = cause.metadata.get(detailsKey);
  const { code, details } = Buffer.isBuffer(bytes) ? decoded(bytes) : nothing;
  const options = { ...details, cause };
  if (code !== undefined) return new ParbakeError(code, cause.details, options);
  if (cause.code === status.UNAVAILABLE) return unreachable(withoutWrapping(cause.details), options);
  if (cause.code === status.DEADLINE_EXCEEDED)
    return new ParbakeError('DEADLINE_EXCEEDED', cause.details, options);
  return new ParbakeError('INTERNAL', cause.details, options);
}

/** What programs can use of an error. Texts are cut so that headers hold them. */
export function errorDetails({ code, details }: ParbakeError): ErrorDetail[] {
  const { violations = [], resource, metadata = {} } = details;
  const entry: { retryAfterMs?: number } = catalogue[code];
  const retryAfterMs = details.retryAfterMs ?? entry.retryAfterMs;
  const named = Object.entries(metadata).map(([name, value]): [string, string] => [
    name,
    shortened(value, limits.text),
  ]);
  const info = { reason: code, domain: errorDomain, metadata: Object.fromEntries(named) };
  const found: ErrorDetail[] = [{ type: 'ErrorInfo', value: info }];
  if (retryAfterMs !== undefined)
    found.push({ type: 'RetryInfo', value: { retryDelay: durationOf(retryAfterMs) } });
  if (resource !== undefined) {
    const value = { resourceType: resource.type, resourceName: shortened(resource.name, limits.text) };
    found.push({ type: 'ResourceInfo', value });
  }
  if (violations.length > 0) {
    let left = limits.violations;
    const fieldViolations = violations
      .map(({ field, description: text }) => ({
        field: shortened(field, limits.text),
        description: shortened(text, limits.text),
      }))
      .filter((violation) => (left -= byteLength(violation.field) + byteLength(violation.description)) >= 0);
    found.push({ type: 'BadRequest', value: { fieldViolations } });
  }
  return found;
}

/** What does not fit is left out from the end; the code comes first. */
function encoded(code: status, message: string, details: readonly ErrorDetail[]): Buffer {
  const write = (type: string, value: object): Uint8Array => {
    const known = typeOf(type);
    return known.encode(known.fromObject(value)).finish();
  };
  const anys = details.map(({ type, value }) => ({
    type_url: `type.googleapis.com/google.rpc.${type}`,
    value: write(type, value),
  }));
  for (let count = anys.length; ; count--) {
    const bytes = Buffer.from(write('Status', { code, message, details: anys.slice(0, count) }));
    if (bytes.length <= limits.bytes || count <= 1) return bytes;
  }
}

/** What the other side says about an error besides its gRPC status. */
interface Sent {
  /** Absent unless Parbake sent the error. */
  code?: ErrorCode;
  details: ErrorDetails;
}

const nothing: Sent = { details: {} };

/** Reads hostile bytes. A proxy or load balancer has errors of its own, of which only the delay is used. */
function decoded(bytes: Buffer): Sent {
  try {
    const read = (type: string, value: Uint8Array): object =>
      typeOf(type).toObject(typeOf(type).decode(value), { longs: Number, defaults: true });
    const found = read('Status', bytes) as { details: { type_url: string; value: Uint8Array }[] };
    const detailOf = (type: ErrorDetail['type']): object | undefined => {
      const any = found.details.find(({ type_url: url }) => url.endsWith(`/google.rpc.${type}`));
      return any === undefined ? undefined : read(type, any.value);
    };
    const details: ErrorDetails = {};
    const retry = detailOf('RetryInfo') as { retryDelay: ProtoTime | null } | undefined;
    const retryAfterMs = millisecondsOf(retry?.retryDelay);
    if (retryAfterMs !== undefined && retryAfterMs >= 0) details.retryAfterMs = retryAfterMs;
    const info = detailOf('ErrorInfo') as Info | undefined;
    if (info?.domain !== errorDomain || !isErrorCode(info.reason)) return { details };
    details.metadata = info.metadata;
    const bad = detailOf('BadRequest') as { fieldViolations: FieldViolation[] } | undefined;
    if (bad !== undefined)
      details.violations = bad.fieldViolations.map(({ field, description: text }) => ({
        field,
        description: text,
      }));
    const resource = detailOf('ResourceInfo') as { resourceType: string; resourceName: string } | undefined;
    if (resource !== undefined)
      details.resource = { type: resource.resourceType, name: resource.resourceName };
    return { code: info.reason, details };
  } catch {
    return nothing;
  }
}

let root: protobuf.Root | undefined;

function typeOf(name: string): protobuf.Type {
  root ??= protobuf.Root.fromJSON(description);
  return root.lookupType(`google.rpc.${name}`);
}

/**
 * Cuts between characters only: the gRPC library throws for a message with half of a surrogate pair. Texts that were cut
 * before may hold one.
 * @param sizeOf a character where the text goes
 */
function shortened(text: string, limit: number, sizeOf = byteLength): string {
  const whole = text.toWellFormed();
  const room = limit - sizeOf('…');
  let [size, end] = [0, 0];
  for (const character of whole) {
    size += sizeOf(character);
    if (size > limit) return `${whole.slice(0, end)}…`;
    if (size <= room) end += character.length;
  }
  return whole;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** As the gRPC library encodes a status message. */
function encodedLength(character: string): number {
  return encodeURI(character).length;
}

function isServiceError(cause: unknown): cause is ServiceError {
  return cause instanceof Error && 'details' in cause && 'metadata' in cause && 'code' in cause;
}

/**
 * gRPC passes on only the text of what Node's TLS said, so the text is what there is to tell faults apart.
 * @param text such as `Hostname/IP does not match certificate's altnames: …`
 */
function unreachable(text: string, options: ErrorDetails & { cause: Error }): ParbakeError {
  const [, detail] = /does not match certificate's altnames: (.+)$/s.exec(text) ?? [];
  if (detail !== undefined)
    return new ParbakeError(
      'TLS_NAME_MISMATCH',
      `the coordinator's certificate has other names: ${detail}`,
      options,
    );
  const fault = tlsFaults.find(([pattern]) => pattern.test(text));
  const message = fault === undefined ? text : `${fault[1]} (${text})`;
  return new ParbakeError('COORDINATOR_UNREACHABLE', message, options);
}

/** What Node and OpenSSL say, and what it means to whoever set the options. */
const tlsFaults: readonly (readonly [RegExp, string])[] = [
  [
    /self-signed certificate|unable to (verify the first|get local issuer) certificate|SELF_SIGNED|UNABLE_TO_/i,
    'its certificate is not signed by the CA in --tls-ca',
  ],
  [/certificate has expired|CERT_HAS_EXPIRED/i, 'its certificate has expired'],
  [/unknown ca|bad certificate|certificate required/i, 'it does not accept the certificate in --tls-cert'],
  [
    /wrong version number|packet length too long/i,
    'it does not speak TLS on this port; leave out the --tls options',
  ],
  [
    /^(Failed to connect|read ECONNRESET)$/,
    'it closed the connection and its log says why: this may be its TLS port, or it may not accept the certificate in --tls-cert',
  ],
];

/** What the system said about a connection, without the gRPC library's words around it. */
function withoutWrapping(details: string): string {
  // The library says nothing else when a proxy fails.
  if (/Last error: undefined\./.test(details)) return 'the proxy made no connection';
  const [, reason = details] =
    /^No connection established\. Last error: (?:Error: )?(.+?)\. Resolution note: ?$/.exec(details) ?? [];
  // The time would make the same fault look like a new one each time.
  return reason.replace(/ \(\d{4}-[\dT:.-]+Z\)$/, '');
}
