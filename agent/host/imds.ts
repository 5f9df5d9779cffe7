import { request } from 'node:http';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** What EC2's instance metadata service tells. Empty text means not known. */
export interface InstanceMetadata {
  instanceId: string;
  instanceType: string;
  imageId: string;
  availabilityZone: string;
  region: string;
  privateIpv4: string;
  publicIpv4: string;
}

export const imdsAddress = 'http://169.254.169.254';

/** What `--imds` takes. @throws ParbakeError USAGE */
export function checkImds(given: string): void {
  if (given === 'off' || given === '') return;
  if (!URL.canParse(given) || new URL(given).protocol !== 'http:')
    throw new ParbakeError(
      'USAGE',
      `--imds takes the URL of a metadata service, http://…, or off, not "${given}"`,
    );
}

/** Milliseconds: it answers from the host, or not at all. */
const deadline = 1_000;

/**
 * Asks the metadata service with a session token (IMDSv2).
 * @returns undefined when nobody answers there
 */
export async function readInstanceMetadata(
  base: string,
  signal: AbortSignal,
): Promise<InstanceMetadata | undefined> {
  const token = await ask(
    base,
    '/latest/api/token',
    'PUT',
    { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
    signal,
  );
  if (token === undefined) return undefined;
  const read = async (path: string): Promise<string> =>
    (await ask(base, `/latest/meta-data/${path}`, 'GET', { 'X-aws-ec2-metadata-token': token }, signal)) ??
    '';
  const [
    instanceId = '',
    instanceType = '',
    imageId = '',
    availabilityZone = '',
    region = '',
    privateIpv4 = '',
    publicIpv4 = '',
  ] = await Promise.all(
    [
      'instance-id',
      'instance-type',
      'ami-id',
      'placement/availability-zone',
      'placement/region',
      'local-ipv4',
      'public-ipv4',
    ].map(read),
  );
  if (instanceId === '') return undefined;
  return { instanceId, instanceType, imageId, availabilityZone, region, privateIpv4, publicIpv4 };
}

/** @returns the body of a 200; undefined for anything else */
function ask(
  base: string,
  path: string,
  method: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
    const call = request(new URL(path, base), { method, headers, signal: limit }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve(answer.statusCode === 200 ? body.trim() : undefined));
      answer.on('error', () => resolve(undefined));
    });
    call.on('error', () => resolve(undefined));
    call.end();
  });
}
