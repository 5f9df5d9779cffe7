import type { ReportRequest__Output } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { RequestUseCases } from '../store/requests.ts';
import type { Traces } from '../telemetry/otlp/traces.ts';

/** Gives the spans of a batch, with what is known of their instance and assignments, to the collector. Never rejects. */
export async function traceReport(
  store: Pick<FleetUseCases, 'instance'> & Pick<RequestUseCases, 'assignment'>,
  traces: Traces,
  { instanceId, bootId, spans }: Pick<ReportRequest__Output, 'instanceId' | 'bootId' | 'spans'>,
  logger: Logger,
): Promise<void> {
  try {
    const known = await store.instance(instanceId);
    if (known === undefined) return;
    const { facts, clock } = known.instance;
    const ids = new Set(spans.flatMap(({ assignmentId }) => (assignmentId === '' ? [] : [assignmentId])));
    const assignments = await Promise.all([...ids].map((id) => store.assignment(id)));
    const byId = new Map(assignments.map((assignment) => [assignment?.assignmentId ?? '', assignment]));
    const source = { facts, bootId, offsetMs: clock?.offsetMs ?? 0 };
    traces.reported(source, spans, (id) => byId.get(id));
  } catch (cause) {
    logger.error({ err: cause, instanceId }, 'cannot read what spans belong to');
  }
}
