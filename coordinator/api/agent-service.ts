import type { ServerDuplexStream } from '@grpc/grpc-js';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { toStatus } from '../../proto/wire/status.ts';
import type { AgentServiceHandlers } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportRequest__Output } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { ReportResponse } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import type { SessionRequest__Output } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import { unary } from './handlers.ts';
import type { Session, SessionStream } from '../fleet/sessions.ts';
import { checkInFromProto, clockFromProto, observedFromProto } from './from-proto/check-in.ts';
import { reportFromProto } from './from-proto/report.ts';

/** Is told of each batch that agents report. */
export type ReportObserver = (message: ReportRequest__Output, isNew: boolean) => void;

export function agentService(
  dispatcher: Dispatcher,
  onReport: ReportObserver,
  logger: Logger,
): AgentServiceHandlers {
  return {
    CheckIn: unary(logger, 'CheckIn', (request) => {
      const receiveTime = timeOf(Date.now());
      const { sessionId, desired, setAside } = dispatcher.checkIn(checkInFromProto(request));
      const { reason: quarantineReason, message: quarantineMessage } = reasonFrom(setAside);
      return {
        sessionId,
        desired,
        quarantineReason,
        quarantineMessage,
        heartbeatInterval: timeOf(deadlines.heartbeatInterval),
        receiveTime,
        answerTime: timeOf(Date.now()),
      };
    }),
    Session: (stream) => serveSession(dispatcher, stream, logger),
    Report: (stream) => serveReport(dispatcher, stream, onReport, logger),
  };
}

function serveSession(dispatcher: Dispatcher, stream: SessionStream, logger: Logger): void {
  let session: Session | undefined;
  const close = (): void => {
    if (session !== undefined) dispatcher.closeSession(session);
    session = undefined;
  };
  stream.on('data', (message: SessionRequest__Output) => {
    try {
      session = receive(dispatcher, stream, session, message);
    } catch (cause) {
      const error = toParbakeError(cause);
      logger.warn({ err: cause, code: error.code }, 'session ended by an error');
      stream.emit('error', toStatus(error));
    }
  });
  stream.on('end', () => {
    close();
    stream.end();
  });
  stream.on('cancelled', close);
  stream.on('error', close);
  stream.on('close', close);
}

function receive(
  dispatcher: Dispatcher,
  stream: SessionStream,
  session: Session | undefined,
  message: SessionRequest__Output,
): Session {
  if (message.hello !== null && message.hello !== undefined) {
    const { instanceId, sessionId } = message.hello;
    const clock = clockFromProto(message.hello.clock);
    const opened = dispatcher.openSession(instanceId, sessionId, stream);
    if (clock !== undefined) dispatcher.store.instances.clock(instanceId, clock, Date.now());
    return opened;
  }
  if (session === undefined)
    throw new ParbakeError('SESSION_UNKNOWN', 'the first message of a session is a hello');
  session.heard();
  if (message.observed !== null && message.observed !== undefined)
    dispatcher.observe(session.instanceId, observedFromProto(message.observed));
  if (message.heartbeat !== null && message.heartbeat !== undefined) {
    const { observedGeneration, sendTime } = message.heartbeat;
    dispatcher.heartbeat(session, observedGeneration, sendTime);
    const clock = clockFromProto(message.heartbeat.clock);
    if (clock !== undefined) dispatcher.store.instances.clock(session.instanceId, clock, Date.now());
  }
  return session;
}

function serveReport(
  dispatcher: Dispatcher,
  stream: ServerDuplexStream<ReportRequest__Output, ReportResponse>,
  onReport: ReportObserver,
  logger: Logger,
): void {
  stream.on('data', (message: ReportRequest__Output) => {
    try {
      const now = Date.now();
      const { batch, spans, leftOut } = reportFromProto(message, now);
      const { acknowledged, isNew } = dispatcher.store.reports.add(batch, now);
      if (isNew && leftOut > 0)
        logger.warn({ instanceId: batch.instanceId, count: leftOut }, 'spans and samples that cannot be');
      stream.write({ acknowledgedSequence: acknowledged });
      onReport({ ...message, spans }, isNew);
    } catch (cause) {
      const error = toParbakeError(cause);
      logger.warn({ err: cause, code: error.code }, 'report refused');
      stream.emit('error', toStatus(error));
    }
  });
  stream.on('end', () => stream.end());
  stream.on('error', (err: Error) => logger.debug({ err }, 'report stream ended'));
}
