import { readFile } from 'node:fs/promises';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
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
 * Milliseconds for which the metadata service is asked: the network of a busy boot takes a minute or two. After that the
 * service manager starts the agent anew.
 */
const patience = 300_000;
/** Milliseconds with `--instance-id`, by which the agent can go on. */
const shortPatience = 5_000;
/** Milliseconds after which a field that an instance can do without is left out. */
const optionalPatience = 10_000;

/**
 * Who this machine is, before Docker is asked. A metadata service that does not answer yet is asked again.
 * @throws ParbakeError INSTANCE_ID_UNKNOWN when there is no such service and no `--instance-id`; IMDS_UNAVAILABLE when it
 *   does not answer for minutes
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
  for (let failures = 0; ; failures++) {
    const elapsed = performance.now() - begun;
    try {
      const base = bases[failures % bases.length] ?? imds;
      return await readInstanceMetadata(base, elapsed > optionalPatience, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toParbakeError(cause);
      if (failures === 0) {
        logger.warn({ reason: error.toReason() }, 'no instance metadata yet, retrying');
        onWaiting();
      }
      if (performance.now() - begun > limit) {
        if (instanceId === undefined) throw error;
        logger.warn({ reason: error.toReason(), instanceId }, 'no instance metadata, using --instance-id');
        return undefined;
      }
      await pause(backoff(failures, random()), signal);
      signal.throwIfAborted();
    }
  }
}
