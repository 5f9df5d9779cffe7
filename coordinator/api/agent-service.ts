import type { ServerDuplexStream } from '@grpc/grpc-js';
import { deadlines } from '../../proto/wire/deadlines.ts';
import type { AgentServiceHandlers } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportRequest__Output } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { ReportResponse } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ReportedPull } from '../../proto/wire/telemetry.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import type { OrderContents } from '../secrets/order-contents.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import type { AssignmentCertificates } from '../trust/assignment-certificates.ts';
import type { Attachments, AttachStream } from './attachments.ts';
import { instanceOf, type CallerOf } from './caller.ts';
import { received, streaming, timeLeft, unary } from './handlers.ts';
import { checkInFromProto } from './from-proto/check-in.ts';
import { reportFromProto } from './from-proto/report.ts';
import { serveSession } from './serve-session.ts';
import type { SessionStream, TraceparentOf } from './session-stream.ts';

type ReportStream = ServerDuplexStream<ReportRequest__Output, ReportResponse>;

/** A batch that an agent reported, as far as it is valid. */
export interface Reported extends Pick<ReportRequest__Output, 'instanceId' | 'bootId' | 'spans'> {
  pulls: ReportedPull[];
}

/** Is told of each batch that agents report. */
export type ReportObserver = (reported: Reported, isNew: boolean) => void;

export interface AgentServiceParts {
  dispatcher: Dispatcher;
  store: Pick<TelemetryUseCases, 'report'>;
  contents: OrderContents;
  certificates: AssignmentCertificates | undefined;
  attachments: Attachments;
  onReport: ReportObserver;
  traceparentOf: TraceparentOf;
  callerOf: CallerOf;
  logger: Logger;
}

export function agentService(parts: AgentServiceParts): AgentServiceHandlers {
  const { dispatcher, contents, certificates, attachments, traceparentOf, callerOf, logger } = parts;
  const shared = { dispatcher, contents, certificates, traceparentOf, logger };
  return {
    CheckIn: unary(logger, 'CheckIn', async (request, call, gone) => {
      const receiveTime = timeOf(Date.now());
      const checkIn = checkInFromProto(request, (said) =>
        instanceOf(callerOf(call), 'facts.instance_id', said),
      );
      const { sessionId, quarantined } = await dispatcher.checkIn(
        checkIn,
        timeLeft(call.getDeadline(), deadlines.checkIn),
        gone,
      );
      const { reason: quarantineReason, message: quarantineMessage } = reasonFrom(quarantined);
      return {
        sessionId,
        quarantineReason,
        quarantineMessage,
        heartbeatInterval: durationOf(deadlines.heartbeatInterval),
        receiveTime,
        answerTime: timeOf(Date.now()),
      };
    }),
    Session: streaming(logger, 'Session', (stream: SessionStream, gone) =>
      serveSession({ ...shared, caller: callerOf(stream) }, stream, gone),
    ),
    Attach: streaming(logger, 'Attach', (stream: AttachStream, gone) =>
      attachments.serve(stream, callerOf(stream), gone),
    ),
    Report: streaming(logger, 'Report', (stream: ReportStream, gone) => serveReport(parts, stream, gone)),
  };
}

/** Takes one batch after the other; a stream that sends faster is paused. */
function serveReport(
  { store, onReport, callerOf, logger }: AgentServiceParts,
  stream: ReportStream,
  gone: AbortSignal,
): Promise<void> {
  const caller = callerOf(stream);
  const take = async (received: ReportRequest__Output): Promise<void> => {
    stream.pause();
    const now = Date.now();
    const message = { ...received, instanceId: instanceOf(caller, 'instance_id', received.instanceId) };
    const { batch, spans, pulls, leftOut } = reportFromProto(message, now);
    const { acknowledged, isNew } = await store.report(batch, now);
    if (isNew && leftOut > 0)
      logger.warn({ instanceId: batch.instanceId, count: leftOut }, 'dropped invalid spans and samples');
    stream.write({ acknowledgedSequence: acknowledged });
    const { instanceId, bootId } = message;
    onReport({ instanceId, bootId, spans, pulls }, isNew);
    stream.resume();
  };
  return received(stream, take, gone);
}
