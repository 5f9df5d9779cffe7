import type { ServerDuplexStream } from '@grpc/grpc-js';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { toStatus } from '../../proto/wire/status.ts';
import type { AgentServiceHandlers } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportRequest__Output } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { ReportResponse } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import { unary } from './handlers.ts';
import { checkInFromProto } from './from-proto/check-in.ts';
import { reportFromProto } from './from-proto/report.ts';
import { serveSession } from './serve-session.ts';
import type { TraceparentOf } from './session-stream.ts';
import { desiredMessage } from './to-proto.ts';

/** Is told of each batch that agents report. */
export type ReportObserver = (message: ReportRequest__Output, isNew: boolean) => void;

export interface AgentServiceParts {
  dispatcher: Dispatcher;
  store: Pick<TelemetryUseCases, 'report'>;
  onReport: ReportObserver;
  traceparentOf: TraceparentOf;
  logger: Logger;
}

export function agentService(parts: AgentServiceParts): AgentServiceHandlers {
  const { dispatcher, traceparentOf, logger } = parts;
  return {
    CheckIn: unary(logger, 'CheckIn', async (request) => {
      const receiveTime = timeOf(Date.now());
      const { sessionId, tenancy, quarantined } = await dispatcher.checkIn(checkInFromProto(request));
      const { assignment } = tenancy;
      const { reason: quarantineReason, message: quarantineMessage } = reasonFrom(quarantined);
      return {
        sessionId,
        desired: desiredMessage(tenancy, assignment === undefined ? '' : traceparentOf(assignment)),
        quarantineReason,
        quarantineMessage,
        heartbeatInterval: timeOf(deadlines.heartbeatInterval),
        receiveTime,
        answerTime: timeOf(Date.now()),
      };
    }),
    Session: (stream) => serveSession(dispatcher, stream, traceparentOf, logger),
    Report: (stream) => serveReport(parts, stream),
  };
}

/** Takes one batch after the other; a stream that sends faster is paused. */
function serveReport(
  { store, onReport, logger }: AgentServiceParts,
  stream: ServerDuplexStream<ReportRequest__Output, ReportResponse>,
): void {
  const take = async (message: ReportRequest__Output): Promise<void> => {
    const now = Date.now();
    const { batch, spans, leftOut } = reportFromProto(message, now);
    const { acknowledged, isNew } = await store.report(batch, now);
    if (isNew && leftOut > 0)
      logger.warn({ instanceId: batch.instanceId, count: leftOut }, 'dropped invalid spans and samples');
    stream.write({ acknowledgedSequence: acknowledged });
    onReport({ ...message, spans }, isNew);
  };
  stream.on('data', (message: ReportRequest__Output) => {
    stream.pause();
    take(message)
      .then(() => stream.resume())
      .catch((cause: unknown) => {
        const error = toParbakeError(cause);
        logger.warn({ err: cause, code: error.code }, 'report refused');
        stream.emit('error', toStatus(error));
      });
  });
  stream.on('end', () => stream.end());
  stream.on('error', (err: Error) => logger.debug({ err }, 'report stream ended'));
}
