import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Step, StepKind } from '../core/order/planner.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { GatePlaces } from '../gate/places.ts';
import type { Holds } from '../hold/holds.ts';
import type { CertificateFiles } from './certificate-files.ts';
import type { ContainerStarts, StepContext } from './container-starts.ts';
import type { FirstProcesses } from './first-processes.ts';
import type { Observation } from './observation.ts';
import type { OrderFiles } from './order-files.ts';
import type { RestartLog } from './restart-log.ts';
import type { RoleSurroundings } from './role-surroundings.ts';

/** What the executors share. */
export interface StepTools {
  instanceId: string;
  engine: ContainerEngine;
  places: GatePlaces;
  /** Undefined where no role reads its order itself. */
  holds: Holds | undefined;
  files: OrderFiles;
  certificates: CertificateFiles;
  surroundings: RoleSurroundings;
  observation: Observation;
  processes: FirstProcesses;
  starts: ContainerStarts;
  restarts: RestartLog;
  /** Ids of containers that passed their readiness check. */
  ready: Set<string>;
  logger: Logger;
}

/** Carries out one kind of step. @throws ParbakeError as the Engine, the gate and the readiness check do */
export type Executor<K extends StepKind> = (
  step: Step<K>,
  tools: StepTools,
  context: StepContext,
  signal: AbortSignal,
) => Promise<void>;

/** @throws ParbakeError HOLD_UNAVAILABLE for a container of another manifest */
export function holdsOf(holds: Holds | undefined, { name }: { name: string }): Holds {
  if (holds !== undefined) return holds;
  throw new ParbakeError(
    'HOLD_UNAVAILABLE',
    `container ${name} reads its order itself, and no role here does`,
  );
}
