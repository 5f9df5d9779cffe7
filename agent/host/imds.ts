import { request } from 'node:http';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readAnswer, sendRequest } from '../../proto/process/http.ts';

/** What EC2's instance metadata service says about this instance. Empty text means that the instance has no such thing. */
export interface InstanceMetadata {
  instanceId: string;
  instanceType: string;
  imageId: string;
  availabilityZone: string;
  region: string;
  /** Empty in a subnet that has IPv6 only. */
  privateIpv4: string;
  publicIpv4: string;
  ipv6: string;
}

/** Where the service is. An instance in a subnet without IPv4 may reach it at the second address only. */
export const imdsAddresses: readonly string[] = ['http://169.254.169.254', 'http://[fd00:ec2::254]'];

/** What `--imds` takes. @throws ParbakeError USAGE */
export function checkImds(given: string): void {
  if (given === 'off' || given === '') return;
  if (!URL.canParse(given) || new URL(given).protocol !== 'http:')
    throw new ParbakeError(
      'USAGE',
      `--imds takes the URL of a metadata service, http://…, or off, not "${given}"`,
    );
}

/** Milliseconds: the service answers from the host, or not at all. */
const deadline = 1_000;
/** Bytes of one answer: an id, an address, a token, or user data, of which EC2 takes 16 KiB. */
const maxBytes = 64 * 1024;

/** Path in the metadata service for each field. */
const paths: Readonly<Record<keyof InstanceMetadata, string>> = {
  instanceId: 'instance-id',
  instanceType: 'instance-type',
  imageId: 'ami-id',
  availabilityZone: 'placement/availability-zone',
  region: 'placement/region',
  privateIpv4: 'local-ipv4',
  publicIpv4: 'public-ipv4',
  ipv6: 'ipv6',
};

/** An instance works without these: for them alone nobody waits long. */
const optional: ReadonlySet<string> = new Set<keyof InstanceMetadata>([
  'instanceType',
  'imageId',
  'availabilityZone',
  'region',
  'publicIpv4',
]);

/**
 * Asks the metadata service once, with a session token (IMDSv2).
 * @param base where the service is
 * @param isHurried do without a field that the instance does not need
 * @returns undefined when the service says that it is switched off
 * @throws ParbakeError IMDS_UNAVAILABLE for anything that may pass, such as no route, no answer, an error of the service,
 *   or one field that is late; the signal's reason when it aborts
 */
export async function readInstanceMetadata(
  base: string,
  isHurried: boolean,
  signal: AbortSignal,
): Promise<InstanceMetadata | undefined> {
  const get = await openService(base, signal);
  if (get === undefined) return undefined;
  const read = async ([field, path]: [string, string]): Promise<[string, string]> => {
    try {
      const answer = await get(`meta-data/${path}`);
      // The instance has none; an id it always has.
      const isAbsent = answer.status === 404 && path !== paths.instanceId;
      return [field, isAbsent ? '' : valueOf(base, path, answer)];
    } catch (cause) {
      signal.throwIfAborted();
      if (!isHurried || !optional.has(field)) throw cause;
      return [field, ''];
    }
  };
  return Object.fromEntries(await Promise.all(Object.entries(paths).map(read))) as Record<
    keyof InstanceMetadata,
    string
  >;
}

/** What whoever launched the instance gave it. Anybody who may launch or tag one decides what is in it. */
export interface LaunchData {
  /** Empty without user data. */
  userData: string;
  /** Values of those tags that were asked for and exist. */
  tags: ReadonlyMap<string, string>;
}

/**
 * Reads the user data and some tags of this instance. Tags are there only where `InstanceMetadataTags` is enabled.
 * @param base where the service is
 * @returns undefined when the service says that it is switched off
 * @throws ParbakeError IMDS_UNAVAILABLE; the signal's reason when it aborts
 */
export async function readLaunchData(
  base: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<LaunchData | undefined> {
  const get = await openService(base, signal);
  if (get === undefined) return undefined;
  const read = async (path: string): Promise<string> => {
    const answer = await get(path);
    return answer.status === 404 ? '' : valueOf(base, path, answer);
  };
  const [userData, ...values] = await Promise.all([
    read('user-data'),
    ...tags.map((tag) => read(`meta-data/tags/instance/${tag}`)),
  ]);
  const found = tags.map((tag, index): [string, string] => [tag, values[index] ?? '']);
  return { userData, tags: new Map(found.filter(([, value]) => value !== '')) };
}

/** What proves to others which instance this is. Nobody but this machine may see the credentials. */
export interface IdentityEvidence {
  /** The identity document with EC2's signature, in base64. */
  document: string;
  /** JSON, with the temporary credentials of the identity role that every instance has. */
  credentials: string;
  region: string;
}

/**
 * Reads what an instance proves itself with.
 * @param base where the service is. @throws ParbakeError IMDS_UNAVAILABLE; the signal's reason when it aborts
 */
export async function readIdentityEvidence(base: string, signal: AbortSignal): Promise<IdentityEvidence> {
  const get = await openService(base, signal);
  if (get === undefined)
    throw new ParbakeError(
      'IMDS_UNAVAILABLE',
      'the metadata service is switched off, and --attest aws needs it',
    );
  const read = async (path: string): Promise<string> => valueOf(base, path, await get(path));
  const [document, credentials, region] = await Promise.all([
    read('dynamic/instance-identity/rsa2048'),
    read('meta-data/identity-credentials/ec2/security-credentials/ec2-instance'),
    read('meta-data/placement/region'),
  ]);
  return { document, credentials, region };
}

/** The provider takes this machine back. */
export interface InterruptionNotice {
  /** Such as `terminate` or `stop`. */
  action: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/**
 * Asks whether EC2 takes a spot instance back. It says so about two minutes before.
 * @param base where the service is
 * @returns undefined while it does not
 * @throws ParbakeError IMDS_UNAVAILABLE; the signal's reason when it aborts
 */
export async function readInterruption(
  base: string,
  signal: AbortSignal,
): Promise<InterruptionNotice | undefined> {
  const get = await openService(base, signal);
  const path = 'meta-data/spot/instance-action';
  const answer = await get?.(path);
  if (answer === undefined || answer.status === 404) return undefined;
  const { action, time } = noticeOf(answer.status === 200 ? answer.body : valueOf(base, path, answer));
  return { action, time };
}

/** Whether EC2 may take this instance back. @throws ParbakeError IMDS_UNAVAILABLE; the signal's reason when it aborts */
export async function isSpotInstance(base: string, signal: AbortSignal): Promise<boolean> {
  const get = await openService(base, signal);
  const path = 'meta-data/instance-life-cycle';
  const answer = await get?.(path);
  return answer !== undefined && answer.status !== 404 && valueOf(base, path, answer) === 'spot';
}

/** A notice that cannot be read is one all the same. */
function noticeOf(body: string): InterruptionNotice {
  const action = /"action"\s*:\s*"([a-z-]{1,32})"/.exec(body)?.[1] ?? 'unknown';
  const time = Date.parse(/"time"\s*:\s*"([0-9TZ:.+-]{1,40})"/.exec(body)?.[1] ?? '');
  return { action, time: Number.isNaN(time) ? 0 : time };
}

type Get = (path: string) => Promise<Answer>;

/** @returns undefined when the service says that it is switched off */
async function openService(base: string, signal: AbortSignal): Promise<Get | undefined> {
  const ttl = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' };
  const granted = await ask(base, '/latest/api/token', 'PUT', ttl, signal);
  // EC2's documented answer where HttpEndpoint is disabled.
  if (granted.status === 403) return undefined;
  const headers = { 'X-aws-ec2-metadata-token': valueOf(base, 'a token', granted) };
  return (path) => ask(base, `/latest/${path}`, 'GET', headers, signal);
}

interface Answer {
  status: number;
  body: string;
}

function valueOf(base: string, what: string, { status, body }: Answer): string {
  if (status === 200 && body !== '') return body;
  const answer = status === 200 ? 'nothing' : String(status);
  throw new ParbakeError('IMDS_UNAVAILABLE', `the metadata service at ${base} answers ${answer} for ${what}`);
}

/** @throws ParbakeError IMDS_UNAVAILABLE; the signal's reason when it aborts */
async function ask(
  base: string,
  path: string,
  method: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  try {
    const call = request(new URL(path, base), { method, headers, signal: limit });
    const { status, body } = await readAnswer(await sendRequest(call), maxBytes);
    return { status, body: body.trim() };
  } catch (cause) {
    signal.throwIfAborted();
    const why = limit.aborted ? `no answer within ${deadline / 1000} s` : reasonOf(cause);
    throw new ParbakeError('IMDS_UNAVAILABLE', `the metadata service at ${base} cannot be reached: ${why}`, {
      cause,
    });
  }
}
