import type { AccessTokenUseCases } from './access-tokens.ts';
import type { AgentUseCases } from './agents.ts';
import type { FleetUseCases } from './fleet.ts';
import type { ImageUseCases } from './images.ts';
import type { JobUseCases } from './jobs.ts';
import type { PoolUseCases } from './pools.ts';
import type { PreviewUseCases } from './previews.ts';
import type { ReplicaUseCases } from './replicas.ts';
import type { RequestUseCases } from './requests.ts';
import type { RouteUseCases } from './routes.ts';
import type { SealedUseCases } from './sealed.ts';
import type { SweepUseCases } from './sweep.ts';
import type { TelemetryUseCases } from './telemetry.ts';
import type { TrustUseCases } from './trust.ts';
import type { UpkeepUseCases } from './upkeep.ts';
import type { UsageUseCases } from './usage.ts';

/**
 * What the coordinator must not forget, as use cases. Each is one transaction, which it opens and commits itself, and is
 * durable once its promise is fulfilled. Times are milliseconds since the epoch. Every use case rejects with ParbakeError
 * STORE_FAILED or STORE_UNREACHABLE when the store itself fails; nothing of it is kept then, but for a
 * commit whose answer was lost.
 */
export type UseCases = AgentUseCases &
  AccessTokenUseCases &
  SweepUseCases &
  ReplicaUseCases &
  RequestUseCases &
  RouteUseCases &
  SealedUseCases &
  FleetUseCases &
  PoolUseCases &
  ImageUseCases &
  PreviewUseCases &
  JobUseCases &
  TrustUseCases &
  TelemetryUseCases &
  UpkeepUseCases &
  UsageUseCases;

export type Store = UseCases & {
  /**
   * Runs until the signal aborts.
   * @throws Error when the store can serve nothing any more until it is opened again, though nothing is lost
   */
  watch(signal: AbortSignal): Promise<void>;
  /** Finishes what was asked for. */
  close(): Promise<void>;
};
