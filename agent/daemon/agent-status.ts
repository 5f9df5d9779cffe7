import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import type { CoordinatorSession } from '../session/session.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Spool } from '../report/spool.ts';
import type { StartWatch } from '../worker/start-watch.ts';
import type { Warming } from '../worker/warming.ts';
import type { Worker } from '../worker/worker.ts';
import { shownSettings, type ShownSetting } from './shown-settings.ts';
import type { Settings } from '../../proto/process/cli/declaration.ts';

/** What `parbake-agent status` shows. */
export interface AgentStatus {
  /** What the agent needs before it can go on; empty once it has everything. */
  waiting_for: string;
  instance_id: string;
  engine_id: string;
  connected: boolean;
  last_error: string;
  /** Why the coordinator has quarantined this instance, as of the last check-in: a stable code and a sentence; else empty. */
  quarantine: string;
  generation: number;
  assignment_id: string;
  preparation: string;
  preparation_error: string;
  order: string;
  order_error: string;
  /** Whose fault it is that the order failed: `USER`, `MACHINE` or `RECIPE`; else empty. */
  order_fault: string;
  /** How containers of the order ended, in sentences; those that run are not in it. */
  ended: string[];
  /** `off`, `reading`, `done`, `stopped` or `failed`, and how far each recording was read ahead. */
  replay: string;
  /** What was refused or could not be read; empty when nothing. */
  replay_error: string;
  /** Whether what the start reads beyond its recording is counted. */
  start_watch: string;
  /** Why the coordinator takes no reports at the moment; empty when it does. */
  reports_error: string;
  /** Batches of reports that were given up: there was no room, or the coordinator called them invalid. */
  reports_dropped: number;
  /** Sorted by name. */
  settings: ShownSetting[];
}

/** What an agent shows that has not begun its work. */
export const emptyStatus: AgentStatus = {
  waiting_for: '',
  instance_id: '',
  engine_id: '',
  connected: false,
  last_error: '',
  quarantine: '',
  generation: 0,
  assignment_id: '',
  preparation: '',
  preparation_error: '',
  order: '',
  order_error: '',
  order_fault: '',
  ended: [],
  replay: '',
  replay_error: '',
  start_watch: '',
  reports_error: '',
  reports_dropped: 0,
  settings: [],
};

/** @param instanceId empty while it is not known. @param reason why it is not there yet, where that is known */
export function waitingStatus(
  waitingFor: string,
  settings: Settings,
  { instanceId = '', reason = '' }: { instanceId?: string; reason?: string } = {},
): AgentStatus {
  return {
    ...emptyStatus,
    waiting_for: waitingFor,
    instance_id: instanceId,
    last_error: reason,
    settings: shownSettings(settings),
  };
}

export interface StatusSources {
  settings: Settings;
  instanceId: string;
  engineId: string;
  worker: Pick<Worker, 'observed' | 'ended' | 'generation' | 'assignmentId'>;
  session: Pick<CoordinatorSession, 'connected' | 'lastError' | 'quarantine'>;
  warming: Pick<Warming, 'status'>;
  watch: Pick<StartWatch, 'state'>;
  spool: Pick<Spool, 'dropped'>;
  reporter: Pick<Reporter, 'problem'>;
}

export function agentStatus(sources: StatusSources): AgentStatus {
  const { settings, instanceId, engineId, worker, session, warming, watch, spool, reporter } = sources;
  const { preparation, order } = worker.observed();
  return {
    waiting_for: '',
    instance_id: instanceId,
    engine_id: engineId,
    connected: session.connected,
    last_error: session.lastError,
    quarantine: session.quarantine,
    generation: worker.generation,
    assignment_id: worker.assignmentId,
    preparation: String(preparation?.state ?? '').replace('PREPARATION_STATE_', ''),
    preparation_error: preparation ? reasonTextOf(preparation) : '',
    order: String(order?.state ?? '').replace('ORDER_STATE_', ''),
    order_error: order ? reasonTextOf(order) : '',
    order_fault: faultOf(order?.fault),
    ended: worker.ended,
    ...warming.status(),
    start_watch: watch.state,
    reports_error: reporter.problem,
    reports_dropped: spool.dropped,
    settings: shownSettings(settings),
  };
}

function faultOf(fault: ObservedOrder['fault']): string {
  return fault === undefined || fault === 'FAULT_UNSPECIFIED' ? '' : String(fault).replace('FAULT_', '');
}

function reasonTextOf({ reason = '', message = '' }: { reason?: string; message?: string }): string {
  return reasonText({ reason, message });
}
