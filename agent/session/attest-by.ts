import { ParbakeError } from '../../proto/errors/errors.ts';

/** What an instance proves itself with. */
export type AttestBy = { kind: 'join-token'; file: string } | { kind: 'aws' } | { kind: 'none' };

/** The port of a coordinator that takes attestations, unless it is told. */
const usualPort = 7445;

/** What `--attest` takes. @throws ParbakeError USAGE */
export function attestByOf(text: string): AttestBy {
  const [, file] = /^join-token:(.+)$/s.exec(text) ?? [];
  if (file !== undefined) return { kind: 'join-token', file };
  if (text === 'aws' || text === 'none') return { kind: text };
  throw new ParbakeError('USAGE', `--attest takes aws, join-token:FILE or none, not "${text}"`);
}

/** The coordinator's own host, at the usual port. @param address such as `coordinator.internal:7443` */
export function attestAddressOf(address: string): string {
  return `${address.replace(/:\d+$/, '')}:${usualPort}`;
}
