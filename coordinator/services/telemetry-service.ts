import { ParbakeError } from '../../proto/errors.ts';
import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import type { TelemetryServiceHandlers } from '../../proto/gen/parbake/v1/TelemetryService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Dispatcher } from './dispatcher.ts';
import { required } from './from-proto.ts';
import { unary } from './handlers.ts';

export function telemetryService({ store }: Dispatcher, logger: Logger): TelemetryServiceHandlers {
  return {
    GetTimeline: unary(logger, 'GetTimeline', ({ instanceId }) => {
      if (store.instances.get(required('instance_id', instanceId, 128)) === undefined)
        throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
      const { spans, pulls, starts } = store.reports.timeline(instanceId);
      return {
        instanceId,
        spans: spans.map((body) => JSON.parse(body) as Span),
        pulls: pulls.map((body) => JSON.parse(body) as Pull),
        starts: starts.map((body) => JSON.parse(body) as ContainerStart),
      };
    }),
  };
}
