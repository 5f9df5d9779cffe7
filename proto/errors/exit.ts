/** Exit codes: an interface that systemd units and scripts rely on. */
export const exitCodes = {
  /** Done. */
  done: 0,
  /** It failed; a daemon that ends so may be restarted. */
  failed: 1,
  /** The command line or a file given to it is wrong; trying again changes nothing. */
  wrongUse: 2,
  /** Daemons only: do not restart me, a person has to act first. */
  doNotRestart: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
