/**
 * Every time limit on the wire between agent, coordinator and callers, in milliseconds, with its reason.
 * Docker's and IMDS's limits are in agent/docker/deadlines.ts.
 */
export const deadlines = {
  /** CheckIn: one transaction at the coordinator; ten seconds cover a full queue after a restart. */
  checkIn: 10_000,
  /** Attest: STS and EC2 are asked meanwhile, and EC2 may take its time. The coordinator keeps the same limit. */
  attest: 20_000,
  /** Renew: one transaction at the coordinator. */
  renew: 10_000,
  /** Unary reads by the operator CLI. */
  read: 10_000,
  /** Assign, when the caller names no deadline: a cold container start on a lazily loaded volume. */
  assign: 60_000,
  /** Release is answered when it is durable, before containers are down. */
  release: 10_000,
  /** How often an agent says that it lives, when it has nothing else to say. */
  heartbeatInterval: 10_000,
  /** Three heartbeats without an answer: the stream is dead whatever TCP says; make a new channel. */
  sessionSilence: 30_000,
  /** A ping that asks whether an agent lives: some round trips, and well within the check-in that waits for it. */
  ping: 2_000,
  /** Attach: the agent opens a stream on the connection that it has; it may be busy with a container's start. */
  attach: 5_000,
  /** Shutdown: how long live streams may go on after a drain was sent. The whole of it takes less than 2 s. */
  drain: 1_000,
} as const;
