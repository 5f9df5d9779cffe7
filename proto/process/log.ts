import { pino, destination, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Log levels, by who must act: error a bug, warn perhaps somebody, info what a user did or caused. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines on stderr, written synchronously: stdout belongs to a command's result. */
export function createLogger(name: string, level: LogLevel): Logger {
  const stderr = destination({ dest: 2, sync: true });
  // A log that cannot be written, as on a full disk, must not end the program.
  stderr.on('error', () => {});
  return pino(
    { name, level, base: { name }, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    stderr,
  );
}
