import { readFile } from 'node:fs/promises';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { retry } from '../../proto/process/retry.ts';
import { imdsAddresses, readInstanceMetadata, type InstanceMetadata } from '../host/imds.ts';

export interface IdentitySource {
  /** The URL of the metadata service, `off`, or empty for EC2's own. */
  imds: string;
  /** `--instance-id`. */
  instanceId: string | undefined;
}

/** Who this machine is. */
export interface Identity {
  instanceId: string;
  /** The kernel's; changes at every boot. */
  bootId: string;
  /** Absent without a metadata service. */
  metadata: InstanceMetadata | undefined;
}

export interface IdentityWait {
  logger: Logger;
  /** From 0 to 1. */
  random: () => number;
  /** Called once, when the service does not answer at the first try. */
  onWaiting: () => void;
  signal: AbortSignal;
  /** Milliseconds for which the service is asked; for tests. */
  patienceMs?: number;
}

/**
 * Milliseconds during which the agent asks the metadata service. The network of a busy boot takes a minute or two; after
 * that the service manager restarts the agent.
 */
const patience = 300_000;
/** The same with `--instance-id`, which the agent can use instead. */
const shortPatience = 5_000;
/** Milliseconds after which the agent goes on without the fields that it can do without. */
const optionalPatience = 10_000;

/**
 * Finds out who this machine is, before Docker is asked. Retries while the metadata service does not answer.
 * @throws ParbakeError INSTANCE_ID_UNKNOWN without such a service and without `--instance-id`; IMDS_UNAVAILABLE when the
 *   service does not answer for minutes
 */
export async function readIdentity(source: IdentitySource, wait: IdentityWait): Promise<Identity> {
  const metadata = source.imds === 'off' ? undefined : await awaitMetadata(source, wait);
  const instanceId = metadata?.instanceId ?? source.instanceId;
  if (instanceId === undefined)
    throw new ParbakeError(
      'INSTANCE_ID_UNKNOWN',
      'the instance metadata service is switched off and no --instance-id was given',
    );
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return { instanceId, bootId, metadata };
}

/** @returns undefined when the service is switched off, or is not needed and does not answer */
async function awaitMetadata(
  { imds, instanceId }: IdentitySource,
  { logger, random, onWaiting, signal, patienceMs }: IdentityWait,
): Promise<InstanceMetadata | undefined> {
  const bases = imds === '' ? imdsAddresses : [imds];
  const limit = patienceMs ?? (instanceId === undefined ? patience : shortPatience);
  const begun = performance.now();
  const elapsed = (): number => performance.now() - begun;
  let failed = 0;
  const read = (): Promise<InstanceMetadata | undefined> =>
    readInstanceMetadata(bases[failed % bases.length] ?? imds, elapsed() > optionalPatience, signal);
  try {
    return await retry(read, {
      isWorthIt: () => elapsed() <= limit,
      delay: (failures) => backoff(failures, random()),
      signal,
      onRetry: ({ cause, failures }) => {
        failed = failures;
        if (failures > 1) return;
        logger.warn({ reason: toParbakeError(cause).toReason() }, 'no instance metadata yet, retrying');
        onWaiting();
      },
    });
  } catch (cause) {
    signal.throwIfAborted();
    const error = toParbakeError(cause);
    if (instanceId === undefined) throw error;
    logger.warn({ reason: error.toReason(), instanceId }, 'no instance metadata, using --instance-id');
    return undefined;
  }
}
