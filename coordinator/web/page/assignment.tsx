import { time } from '../../insight/format.ts';
import type { AssignmentDocument, ShownAssignment } from '../documents.ts';
import { linkTo } from './address.ts';
import { useAsked } from './ask.ts';
import { Events } from './events.tsx';
import { Answered, AssignmentLink, InstanceLink, Moment, Section, State, Table } from './parts.tsx';

export function AssignmentView({ assignmentId }: { assignmentId: string }) {
  const asked = useAsked<AssignmentDocument>(
    `/api/v1/assignments/${encodeURIComponent(assignmentId)}`,
    5_000,
  );
  return (
    <>
      <h1>{assignmentId}</h1>
      <Answered asked={asked} what={assignmentId}>
        {({ assignment, events }) => (
          <>
            <AssignmentSummary assignment={assignment} isOnInstance={false} />
            <WaitTable assignment={assignment} />
            <Tries assignment={assignment} />
            <Section title="History">
              <Events events={events} of="Assignment" />
            </Section>
          </>
        )}
      </Answered>
    </>
  );
}

/** The answer first; then who has it, and where. @param isOnInstance whether its instance is the page's subject */
export function AssignmentSummary({
  assignment,
  isOnInstance,
}: {
  assignment: ShownAssignment;
  isOnInstance: boolean;
}) {
  const { assignmentId, user, role, environment, state, instanceId, endpoints, usual } = assignment;
  return (
    <>
      <p class="answer">{assignment.sentence}</p>
      <p class="who">
        <a href={linkTo(['assignments'], { user })}>{user}</a> as {role}
        {environment === '' ? '' : ` for ${environment}`} <State state={state} />{' '}
        {isOnInstance ? <AssignmentLink id={assignmentId} /> : <InstanceLink id={instanceId} />}{' '}
        <span class="hint">
          asked <Moment at={assignment.createTime} />
          {assignment.releaseTime === 0 ? null : (
            <>
              , over <Moment at={assignment.releaseTime} />
            </>
          )}
          {usual === undefined ? '' : `; the median is of ${usual.n} assignments`}
        </span>
      </p>
      {endpoints.map(({ container, host, port }) => (
        <p key={`${container} ${port}`} class="hint">
          {container} at <code>{`${host.includes(':') ? `[${host}]` : host}:${port}`}</code>
        </p>
      ))}
    </>
  );
}

function WaitTable({ assignment: { wait, usual } }: { assignment: ShownAssignment }) {
  if (wait === undefined) return null;
  const longest = Math.max(1e-3, ...wait.parts.map(({ ms }) => ms));
  return (
    <Section title="What the caller waited for">
      <Table
        label="What the caller waited for"
        columns={['Step', { figures: 'Took' }, { figures: 'Median of the role' }, 'Took above, median below']}
      >
        {wait.parts.map(({ step, ms }) => (
          <tr key={step}>
            <th scope="row">{step}</th>
            <td class="number">{time(ms)}</td>
            <td class="number">{usual === undefined ? '–' : time(usual.steps[step] ?? 0)}</td>
            <td>
              <svg class="pair" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
                <rect class="first" width={(ms / longest) * 100} height="6" />
                <rect
                  class="second"
                  y="8"
                  width={Math.min(100, ((usual?.steps[step] ?? 0) / longest) * 100)}
                  height="6"
                />
              </svg>
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function Tries({ assignment: { tries } }: { assignment: ShownAssignment }) {
  if (tries.length === 0) return null;
  return (
    <Section title="Attempts">
      <Table
        label="Attempts"
        columns={['Instance', 'Began', { figures: 'Delivered' }, { figures: 'Ready' }, 'Outcome', 'Reason']}
      >
        {tries.map(({ number, instanceId, startTime, timings, outcome, fault, reason }) => (
          <tr key={number}>
            <th scope="row">
              <InstanceLink id={instanceId} />
            </th>
            <td>
              <Moment at={startTime} />
            </td>
            <td class="number">{timings.delivered === undefined ? '–' : time(timings.delivered)}</td>
            <td class="number">{timings.ready === undefined ? '–' : time(timings.ready)}</td>
            <td>
              <State state={outcome} />
              {fault === '' ? '' : ` ${fault.toLowerCase()}'s fault`}
            </td>
            <td>{reason}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
