import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * A name that every coordinator's certificate may have beside its own. A coordinator whose IP address changes at each
 * start can have it instead of an address.
 */
export const coordinatorName = 'parbake-coordinator';

/** The extended key usage of a server, as an object identifier. */
const serverAuth = '1.3.6.1.5.5.7.3.1';

/** The URI that the certificate of an assignment has; it is for servers, and a user has its key. */
const ofAssignment = /\bURI:"?spiffe:\/\/[^/,]+\/assignment\//;

/**
 * Checks a certificate against the host that was dialled: a name as any TLS client does, an address by its IP SANs. It must
 * be one of a server: an agent's certificate comes from the same CA. A common name counts for nothing.
 * @param name to check it against instead
 */
export function identityCheck(host: string, name: string | undefined): typeof checkServerIdentity {
  return (_, certificate) => {
    const unfit = unfitness(certificate);
    if (unfit !== undefined) return new Error(unfit);
    if (name !== undefined) return checkServerIdentity(name, certificate);
    const mismatch = checkServerIdentity(host, certificate);
    if (mismatch === undefined) return undefined;
    const isNamed = isIP(host) !== 0 && checkServerIdentity(coordinatorName, certificate) === undefined;
    return isNamed ? undefined : mismatch;
  };
}

/** Node leaves out what a certificate does not have, though its types do not say so. */
function unfitness({ subjectaltname, ext_key_usage: usages }: Partial<PeerCertificate>): string | undefined {
  if (subjectaltname === undefined) return 'its certificate has no subject alternative names';
  if (usages?.includes(serverAuth) !== true) return 'its certificate is not for servers (serverAuth)';
  if (ofAssignment.test(subjectaltname))
    return 'its certificate is that of an assignment, not of a coordinator';
  return undefined;
}
