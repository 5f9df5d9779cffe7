import { reasonOf } from '../errors/cause.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from './log.ts';
import { pause } from './tasks.ts';

/** Milliseconds for one message: more than a machine needs that does nothing but boot. */
const deadline = 20_000;

/**
 * Tells systemd that the daemon is there, and from then on that its event loop turns, three times as often as the unit's
 * `WatchdogSec` asks for. Never rejects. By systemd's own program, since Node cannot send to a Unix datagram socket. Does nothing where
 * systemd did not ask (sd_notify(3)).
 * @param env NOTIFY_SOCKET and WATCHDOG_USEC, as systemd gives them
 * @param program another one in tests
 */
export async function reportToServiceManager(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  signal: AbortSignal,
  program = 'systemd-notify',
): Promise<void> {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdog } = env;
  if (socket === undefined || socket === '') return;
  const path = env['PATH'] ?? '/usr/bin:/bin';
  const tell = async (message: string): Promise<void> => {
    const options = { env: { PATH: path, NOTIFY_SOCKET: socket }, timeout: deadline, signal };
    await promisify(execFile)(program, [message], options).catch((cause: unknown) => {
      if (!signal.aborted) logger.warn({ reason: reasonOf(cause) }, 'systemd could not be told');
    });
  };
  await tell('--ready');
  const limitMs = Number(watchdog) / 1000;
  if (!(limitMs > 0)) return;
  while (!signal.aborted) {
    await pause(limitMs / 3, signal);
    if (!signal.aborted) await tell('WATCHDOG=1');
  }
}
