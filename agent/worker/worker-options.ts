import type { Logger } from '../../proto/process/log.ts';
import type { Manifest } from '../core/manifest.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { GatePlaces } from '../gate/places.ts';
import type { Holds } from '../hold/holds.ts';
import type { Recorder } from '../report/recorder.ts';
import type { CertificateFiles } from './certificate-files.ts';
import type { FirstProcesses } from './first-processes.ts';
import type { ImdsProbe } from './imds-probe.ts';
import type { OrderFiles } from './order-files.ts';
import type { OrderProgressOptions } from './order-progress.ts';
import type { PreparationOptions } from './preparation.ts';
import type { RestartLog } from './restart-log.ts';
import type { FoundState, StatePlaces } from './state-file.ts';
import type { Warming } from './warming.ts';

/** The machine that it works on. */
interface WorkerInstance {
  instanceId: string;
  /** Where the containers' ports are reached; undefined while that is not known. */
  ownAddress: () => string | undefined;
  manifest: Pick<Manifest, 'roles'> | undefined;
  imds: Pick<ImdsProbe, 'exposureOf'>;
}

/** What it has to do with containers. */
interface WorkerContainers {
  engine: ContainerEngine;
  places: GatePlaces;
  /** Undefined where no role reads its order itself. */
  holds: Holds | undefined;
  files: OrderFiles;
  certificates: CertificateFiles;
  processes: FirstProcesses;
  restarts: RestartLog;
}

export interface WorkerOptions {
  instance: WorkerInstance;
  containers: WorkerContainers;
  /** What outlives the agent: where it lies, and what an earlier agent left there. */
  memory: { places: StatePlaces; found: FoundState };
  prepare: Pick<PreparationOptions, 'prepareMemoryBytes' | 'rehearse' | 'pullAtBoot'>;
  /** What goes on beside a start. */
  start: { warming: Pick<Warming, 'order' | 'replayed'>; watch: OrderProgressOptions['watch'] };
  recorder: Recorder;
  logger: Logger;
  /** From 0 to 1. */
  random: () => number;
}
