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
import type { ReportBatch, TelemetryUseCases } from '../store/telemetry.ts';
import type { AssignmentCertificates } from '../trust/assignment-certificates.ts';
import type { Attachments, AttachStream } from './attachments.ts';
import { AgentBudgets } from './agent-budgets.ts';
import { instanceOf, type CallerOf } from './caller.ts';
import { received, streaming, timeLeft, unary } from './handlers.ts';
import { checkInFromProto } from './from-proto/check-in.ts';
import { reportFromProto } from './from-proto/report.ts';
import { serveSession } from './serve-session.ts';
import type { SessionStream, TraceparentOf } from './session-stream.ts';

type ReportStream = ServerDuplexStream<ReportRequest__Output, ReportResponse>;

/** Samples a second that a whole fleet sends at rest, and milliseconds between two of one instance of a smaller one. */
const [samplesPerSecond, usualSampleInterval] = [333, 15_000];

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
  const budgets = new AgentBudgets();
  const shared = { dispatcher, budgets, contents, certificates, traceparentOf, logger };
  return {
    CheckIn: unary(logger, 'CheckIn', async (request, call, gone) => {
      const receiveTime = timeOf(Date.now());
      const checkIn = checkInFromProto(request, (said) =>
        instanceOf(callerOf(call), 'facts.instance_id', said),
      );
      const { instanceId } = checkIn.facts;
      budgets.of(instanceId).checkIn(instanceId);
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
        sampleInterval: durationOf(sampleInterval(dispatcher.connected)),
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
    Report: streaming(logger, 'Report', (stream: ReportStream, gone) =>
      serveReport({ ...parts, budgets }, stream, gone),
    ),
  };
}

/** Takes one batch after the other; a stream that sends faster is paused. */
function serveReport(
  { store, dispatcher, onReport, callerOf, budgets, logger }: AgentServiceParts & { budgets: AgentBudgets },
  stream: ReportStream,
  gone: AbortSignal,
): Promise<void> {
  const caller = callerOf(stream);
  const take = async (received: ReportRequest__Output): Promise<void> => {
    stream.pause();
    const now = Date.now();
    const message = { ...received, instanceId: instanceOf(caller, 'instance_id', received.instanceId) };
    const { batch, spans, pulls, leftOut } = reportFromProto(message, now);
    // Over whichever of its streams it comes.
    await budgets.of(batch.instanceId).reported.turn(itemsOf(batch), gone);
    const { acknowledged, isNew } = await store.report(batch, now);
    dispatcher.heard(batch.instanceId);
    if (isNew && leftOut > 0)
      logger.warn({ instanceId: batch.instanceId, count: leftOut }, 'dropped invalid spans and samples');
    stream.write({ acknowledgedSequence: acknowledged });
    const { instanceId, bootId } = message;
    onReport({ instanceId, bootId, spans, pulls }, isNew);
    stream.resume();
  };
  return received(stream, take, gone);
}

function itemsOf({ spans, samples, pulls, starts, reads }: ReportBatch): number {
  return [spans, samples, pulls, starts, reads].reduce((sum, { length }) => sum + length, 1);
}

/** Milliseconds between two samples of an instance at rest, in a fleet of so many. */
function sampleInterval(connected: number): number {
  return Math.max(usualSampleInterval, Math.round((connected / samplesPerSecond) * 1_000));
}
