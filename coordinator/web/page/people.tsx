import { bytes, time } from '../../insight/format.ts';
import type { SlowDocument, UserPage } from '../documents.ts';
import { change, linkTo, useAddress } from './address.ts';
import { useAsked } from './ask.ts';
import { Answered, AssignmentLink, InstanceLink, Moment, Pages, Table } from './parts.tsx';

/** Who had instances, and what their containers used. */
export function UsersView() {
  const { query } = useAddress();
  const after = query.get('after') ?? '';
  const asked = useAsked<UserPage>(`/api/v1/users?${new URLSearchParams({ after })}`, 15_000);
  const optional = (count: number | undefined): string => (count === undefined ? '–' : bytes(count));
  return (
    <>
      <h1>Users</h1>
      <Answered asked={asked} what="users">
        {({ users, next, days }) => (
          <>
            {users.length === 0 ? (
              <p class="empty">Nobody had an instance in the last {days} days.</p>
            ) : (
              <Table
                label="Users"
                columns={[
                  'User',
                  { figures: 'Assignments' },
                  { figures: 'Instance time' },
                  { figures: 'Processor time' },
                  { figures: 'Memory peak' },
                  { figures: 'Disk read' },
                  { figures: 'Written' },
                  { figures: 'Received' },
                  { figures: 'Sent' },
                ]}
              >
                {users.map((row) => (
                  <tr key={row.user}>
                    <th scope="row">
                      <a href={linkTo(['assignments'], { user: row.user })}>{row.user}</a>
                    </th>
                    <td class="number">{row.assignments}</td>
                    <td class="number">{time(row.instanceMs)}</td>
                    <td class="number">{row.cpuMs === undefined ? '–' : time(row.cpuMs)}</td>
                    <td class="number">{optional(row.memoryBytes)}</td>
                    <td class="number">{optional(row.diskReadBytes)}</td>
                    <td class="number">{optional(row.diskWriteBytes)}</td>
                    <td class="number">{optional(row.networkReceiveBytes)}</td>
                    <td class="number">{optional(row.networkTransmitBytes)}</td>
                  </tr>
                ))}
              </Table>
            )}
            <p class="hint">Of the last {days} days.</p>
            <Pages token={after} next={next} go={(token) => change({ after: token }, true)} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Whose callers waited longest. */
export function SlowestView() {
  const { query } = useAddress();
  const role = query.get('role') ?? '';
  const asked = useAsked<SlowDocument>(`/api/v1/slowest?${new URLSearchParams({ role })}`, 15_000);
  return (
    <>
      <h1>Slowest assignments</h1>
      <Answered asked={asked} what="assignments">
        {({ assignments, n }) => (
          <>
            {assignments.length === 0 ? (
              <p class="empty">No assignment has served yet.</p>
            ) : (
              <Table
                label="Slowest assignments"
                columns={[
                  { figures: 'Waited' },
                  { figures: 'Median' },
                  'Slower in',
                  'User',
                  'Role',
                  'Instance',
                  'Asked',
                  'Assignment',
                ]}
              >
                {assignments.map((row) => (
                  <tr key={row.assignmentId}>
                    <td class="number">{time(row.waitMs)}</td>
                    <td class="number">{row.usualMs === undefined ? '–' : time(row.usualMs)}</td>
                    <td>
                      {row.slowest === undefined
                        ? '–'
                        : `${row.slowest.step}, by ${time(row.slowest.excessMs)}`}
                    </td>
                    <td>{row.user}</td>
                    <td>{row.role}</td>
                    <td>
                      <InstanceLink id={row.instanceId} />
                    </td>
                    <td>
                      <Moment at={row.createTime} isShort />
                    </td>
                    <td>
                      <AssignmentLink id={row.assignmentId} />
                    </td>
                  </tr>
                ))}
              </Table>
            )}
            <p class="hint">Of the last {n} assignments that served.</p>
          </>
        )}
      </Answered>
    </>
  );
}
