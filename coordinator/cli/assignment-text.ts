import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Attempt__Output } from '../../proto/gen/parbake/v1/Attempt.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { millisecondsOf, type ProtoTime } from '../../proto/wire/time.ts';
import { printable, stateName, table, time } from '../insight/format.ts';
import { assignmentDocument, timeText } from './documents.ts';

/** An assignment with each of its attempts, for scripts. */
export function attemptsDocument(assignment: Assignment__Output) {
  return {
    ...assignmentDocument(assignment),
    request_id: assignment.requestId,
    create_time: timeText(assignment.createTime),
    release_time: timeText(assignment.releaseTime),
    expire_time: timeText(assignment.expireTime),
    queued_ms: millisecondsOf(assignment.timings?.queued),
    last_output: assignment.lastOutput,
    attempts: assignment.attempts.map(attemptDocument),
  };
}

function attemptDocument(attempt: Attempt__Output) {
  return {
    number: attempt.number,
    instance_id: attempt.instanceId,
    start_time: timeText(attempt.startTime),
    end_time: timeText(attempt.endTime),
    outcome: outcomeOf(attempt),
    fault: faultOf(attempt),
    reason: attempt.reason,
    message: attempt.message,
    delivered_ms: millisecondsOf(attempt.timings?.delivered),
    started_ms: millisecondsOf(attempt.timings?.started),
    ready_ms: millisecondsOf(attempt.timings?.ready),
    containers: attempt.containers.map((end) => ({
      container: end.container,
      exit_code: end.exitCode,
      signal: end.signal,
      oom_killed: end.oomKilled,
      host_oom_killed: end.hostOomKilled,
      engine_restarted: end.engineRestarted,
      killed_from_outside: end.killedFromOutside,
      end_time: timeText(end.endTime),
      restarts: end.restarts,
    })),
  };
}

export const assignmentHeader: readonly string[] = [
  ...['ASSIGNMENT', 'USER', 'ROLE', 'ENVIRONMENT'],
  ...['STATE', 'INSTANCE', 'CREATED', 'REASON'],
];

/** What a line about one assignment says. */
export function assignmentCells(assignment: Assignment__Output): string[] {
  return [
    assignment.assignmentId,
    assignment.user,
    assignment.role,
    assignment.environment || '-',
    stateName(assignment.state),
    assignment.instanceId || '-',
    timeText(assignment.createTime) ?? '-',
    assignment.reason || '-',
  ];
}

/** One assignment, then a line for each attempt. */
export function assignmentText(assignment: Assignment__Output): string {
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Assignment', assignment.assignmentId],
    ['Request', assignment.requestId],
    ['User', assignment.user],
    ['Role', assignment.role],
    ['Environment', assignment.environment],
    ['State', stateName(assignment.state)],
    ['Reason', reasonText(assignment)],
    ['Created', timeText(assignment.createTime) ?? ''],
    ['Ended', timeText(assignment.releaseTime) ?? ''],
    ['Expires', timeText(assignment.expireTime) ?? ''],
  ];
  const lines = facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(11)}  ${printable(value)}\n`)
    .join('');
  const output = outputText(assignment);
  if (assignment.attempts.length === 0) return `${lines}${output}`;
  const attempts = table(
    ['ATTEMPT', 'INSTANCE', 'STARTED', 'ENDED', 'DELIVERED', 'READY', 'OUTCOME', 'FAULT', 'REASON'],
    assignment.attempts.map((attempt) => [
      String(attempt.number),
      attempt.instanceId,
      timeText(attempt.startTime) ?? '-',
      timeText(attempt.endTime) ?? '-',
      stepText(attempt.timings?.delivered),
      stepText(attempt.timings?.ready),
      outcomeOf(attempt),
      faultOf(attempt) || '-',
      reasonText(attempt) || '-',
    ]),
  );
  return `${lines}\n${attempts}${output}`;
}

/** What the container that failed printed last; empty when nothing is known. */
export function outputText({ lastOutput }: Assignment__Output): string {
  if (lastOutput === '') return '';
  const lines = lastOutput.split('\n').map((line) => `  ${printable(line)}\n`);
  return `\nIts container printed last:\n${lines.join('')}`;
}

function stepText(step: ProtoTime | null | undefined): string {
  const ms = millisecondsOf(step);
  return ms === undefined ? '-' : time(ms);
}

function outcomeOf({ outcome }: Attempt__Output): string {
  return outcome.replace('ATTEMPT_OUTCOME_', '');
}

/** @returns empty when it is nobody's fault, or not known */
function faultOf({ fault }: Attempt__Output): string {
  return fault === 'FAULT_UNSPECIFIED' ? '' : fault.replace('FAULT_', '');
}
