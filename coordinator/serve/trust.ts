import { rm, writeFile } from 'node:fs/promises';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Remembered } from '../fleet/following.ts';
import type { Peers } from '../store/peers.ts';
import type { Store } from '../store/store.ts';
import { AccessTokens } from '../trust/access-tokens.ts';
import { KnownSerials } from '../trust/active-serials.ts';
import { AttestLimits } from '../trust/attest-limits.ts';
import type { Attestation, AwsTrust, TrustObserver } from '../trust/attestation.ts';
import { everySerial, type ActiveSerials } from '../trust/principal.ts';
import { TrustOperator } from '../trust/trust-operator.ts';
import type { AssignmentCertificates } from '../trust/assignment-certificates.ts';
import type { IssuerOptions } from './issuer-options.ts';
import type { TrustOptions } from './trust-options.ts';

/** Who is trusted, and how that is decided. */
export interface TrustParts {
  /** For agents' certificates. */
  serials: ActiveSerials;
  /** Absent when instances get no certificates from this coordinator. */
  attestation: Attestation | undefined;
  /** Issues certificates to assignments; absent when this coordinator issues none. */
  certificates: AssignmentCertificates | undefined;
  limits: AttestLimits;
  operator: TrustOperator;
  /** Whether an instance is who it says, as far as this coordinator asks for proof. */
  hasProved: (instanceId: string) => boolean;
  /** That callers show. */
  tokens: AccessTokens;
  /** What is called when a certificate or a token ends to be valid. */
  onRevoked: (recheck: () => void) => void;
  /** Reads again what other coordinators decided. */
  remembered: Remembered;
}

/** Milliseconds that the join token for a first agent is valid. */
const firstTokenTtl = 3_600_000;

export interface ComposeTrust {
  store: Store;
  options: TrustOptions | undefined;
  /** Absent when this coordinator issues no certificates. */
  issuing?: (IssuerOptions & { agentLifetime: number }) | undefined;
  trustDomain: string;
  region: string | undefined;
  peers: Pick<Peers, 'tell'>;
  env: CommandContext['env'];
  observer: TrustObserver;
  logger: Logger;
}

export async function composeTrust(request: ComposeTrust): Promise<TrustParts> {
  const { store, options, trustDomain, peers, observer, logger } = request;
  const known = await KnownSerials.load(store, logger);
  const operator = new TrustOperator(store, known, logger);
  const tokens = await AccessTokens.load(store);
  known.onDecided = (instanceId) => peers.tell({ trust: [instanceId] });
  tokens.onDecided = () => peers.tell({ tokens: true });
  const common = {
    tokens,
    certificates: await assignmentCertificates(request),
    limits: new AttestLimits(() => performance.now()),
    operator,
    remembered: {
      trustChanged: (instanceId?: string) => known.readAgain(instanceId),
      tokensChanged: () => tokens.readAgain(),
    },
    onRevoked: (recheck: () => void) => {
      known.onRevoked = recheck;
      tokens.onRevoked = recheck;
    },
  };
  // Certificates that somebody issued by hand have serials that nobody knows.
  if (options === undefined)
    return { ...common, serials: everySerial, hasProved: () => true, attestation: undefined };
  const { Attestation } = await import('../trust/attestation.ts');
  const { issuer, lifetime, isNoneAllowed, joinTokenFile } = options;
  const aws = await awsTrust(request);
  const attestation = new Attestation({
    store,
    serials: known,
    issuer,
    trustDomain,
    lifetime,
    isNoneAllowed,
    observer,
    logger,
    ...(aws === undefined ? {} : { aws }),
    now: () => Date.now(),
  });
  if (joinTokenFile !== undefined) await writeFirstToken(operator, joinTokenFile);
  return { ...common, serials: known, hasProved: (id) => known.hasProved(id), attestation };
}

/** Issuing certificates takes a library that only coordinators load that do. */
async function assignmentCertificates({
  issuing,
  trustDomain,
}: ComposeTrust): Promise<AssignmentCertificates | undefined> {
  if (issuing === undefined) return undefined;
  const { AssignmentCertificates } = await import('../trust/assignment-certificates.ts');
  return new AssignmentCertificates({ ...issuing, trustDomain, now: () => Date.now() });
}

async function awsTrust({ options, region, env }: ComposeTrust): Promise<AwsTrust | undefined> {
  if (options?.aws === undefined) return undefined;
  const sts = env['AWS_ENDPOINT_URL_STS'];
  if (region === undefined) return { ...options.aws, sts };
  const [{ ec2Api }, { Ec2Lookup }] = await Promise.all([
    import('../ec2/ec2-api.ts'),
    import('../trust/ec2-lookup.ts'),
  ]);
  const api = ec2Api(region);
  const lookup = new Ec2Lookup(region, (ids) => api.describe(ids));
  return { ...options.aws, sts, lookUp: (id, where) => lookup.lookUp(id, where) };
}

async function writeFirstToken(operator: TrustOperator, file: string): Promise<void> {
  const { token } = await operator.createJoinToken('', firstTokenTtl);
  try {
    // A file that is there may be readable by others.
    await rm(file, { force: true });
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new ParbakeError('FILE_UNREADABLE', `cannot write ${file}: ${reasonOf(cause)}`, { cause });
  }
}
