import type { Logger } from '../../proto/process/log.ts';
import type { FailedHandshake, HandshakeFault } from './handshakes.ts';

/** Milliseconds: a client that tries again and again has one line in the log in this time. */
const quietTime = 60_000;
/** Clients that are remembered, so that a port scan from many addresses takes no memory. */
const maxRemembered = 1_000;

export interface HandshakeLogOptions {
  logger: Logger;
  /** Called for every failure, those without a line too. */
  count: (fault: HandshakeFault) => void;
  /** Milliseconds on a clock that never jumps. */
  now: () => number;
}

/** Logs failed handshakes with their peer, seldom for the same one. */
export function handshakeLog({
  logger,
  count,
  now,
}: HandshakeLogOptions): (failure: FailedHandshake) => void {
  const last = new Map<string, number>();
  return ({ kind, reason, peer }) => {
    count(kind);
    const key = `${peer.replace(/:\d+$/, '')} ${kind}`;
    const before = last.get(key);
    const at = now();
    if (before !== undefined && at - before < quietTime) return;
    // Inserted again: a map keeps the order of insertion, so its first key is the oldest.
    last.delete(key);
    last.set(key, at);
    for (const oldest of last.keys()) {
      if (last.size <= maxRemembered) break;
      last.delete(oldest);
    }
    logger.warn({ peer, kind, reason }, 'TLS handshake failed');
  };
}
