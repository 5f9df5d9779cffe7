import { reasonOf } from '../errors/cause.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from './log.ts';
import { pause } from './tasks.ts';

/** Milliseconds for one message: more than a machine needs that does nothing but boot. */
const deadline = 20_000;

/**
 * Tells systemd that the daemon has started, and from then on that its event loop turns, three times as often as the unit's
 * `WatchdogSec` asks for. Never rejects. Does nothing where systemd did not ask (sd_notify(3)).
 * @param env NOTIFY_SOCKET and WATCHDOG_USEC, as systemd gives them
 * @param program another one in tests
 */
export async function reportToServiceManager(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  signal: AbortSignal,
  program = 'systemd-notify',
): Promise<void> {
  const tell = (message: string): Promise<void> => notify({ env, logger, signal, program }, message);
  if (!isAsked(env)) return;
  await tell('--ready');
  const limitMs = Number(env['WATCHDOG_USEC']) / 1000;
  if (!(limitMs > 0)) return;
  while (!signal.aborted) {
    await pause(limitMs / 3, signal);
    if (!signal.aborted) await tell('WATCHDOG=1');
  }
}

/**
 * Sets the line that `systemctl status` shows of the service. Never rejects. Does nothing where systemd did not ask.
 * @param program another one in tests
 */
export async function tellStatus(
  env: NodeJS.ProcessEnv,
  text: string,
  logger: Logger,
  signal: AbortSignal,
  program = 'systemd-notify',
): Promise<void> {
  if (isAsked(env)) await notify({ env, logger, signal, program }, `--status=${text}`);
}

function isAsked({ NOTIFY_SOCKET: socket = '' }: NodeJS.ProcessEnv): boolean {
  return socket !== '';
}

interface Notifying {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  signal: AbortSignal;
  program: string;
}

/** Systemd's own program sends the message, because Node cannot send to a Unix datagram socket. */
async function notify({ env, logger, signal, program }: Notifying, message: string): Promise<void> {
  const { PATH = '/usr/bin:/bin', NOTIFY_SOCKET } = env;
  const options = { env: { PATH, NOTIFY_SOCKET }, timeout: deadline, signal };
  await promisify(execFile)(program, [message], options).catch((cause: unknown) => {
    if (!signal.aborted) logger.warn({ reason: reasonOf(cause) }, 'cannot notify systemd');
  });
}
