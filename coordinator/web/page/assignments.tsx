import { assignmentStates } from '../../core/assignment-state.ts';
import { time } from '../../insight/format.ts';
import type { AssignmentPage, AssignmentRow } from '../documents.ts';
import { change, useAddress } from './address.ts';
import { useAsked } from './ask.ts';
import { Answered, AssignmentLink, InstanceLink, Moment, Pages, State, Table } from './parts.tsx';

const filters = ['user', 'role', 'environment'] as const;

/** Who has which instance, and who had. */
export function AssignmentsView() {
  const { query } = useAddress();
  const of = (name: string): string => query.get(name) ?? '';
  const set = (name: string, value: string): void => change({ [name]: value, after: '' });
  const wanted = [...filters, 'state', 'after'].flatMap((name) =>
    of(name) === '' ? [] : [[name, of(name)]],
  );
  const asked = useAsked<AssignmentPage>(`/api/v1/assignments?${new URLSearchParams(wanted)}`, 15_000);
  return (
    <>
      <h1>Assignments</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        {filters.map((name) => (
          <label key={name}>
            {name[0]?.toUpperCase()}
            {name.slice(1)}{' '}
            <input
              type="search"
              value={of(name)}
              onChange={(event) => set(name, event.currentTarget.value.trim())}
            />
          </label>
        ))}
        <label>
          State{' '}
          <select value={of('state')} onChange={(event) => set('state', event.currentTarget.value)}>
            <option value="">all</option>
            {assignmentStates.map((state) => (
              <option key={state}>{state}</option>
            ))}
          </select>
        </label>
      </form>
      <Answered asked={asked} what="assignments">
        {({ assignments, next }) => (
          <>
            <Assignments rows={assignments} />
            <Pages token={of('after')} next={next} go={(after) => change({ after }, true)} />
          </>
        )}
      </Answered>
    </>
  );
}

export function Assignments({ rows }: { rows: readonly AssignmentRow[] }) {
  if (rows.length === 0) return <p class="empty">No assignment matches.</p>;
  return (
    <Table
      label="Assignments"
      columns={[
        'User',
        'Role',
        'Environment',
        'State',
        { figures: 'Waited' },
        'Instance',
        'Asked',
        'Assignment',
        'Reason',
      ]}
    >
      {rows.map((row) => (
        <tr key={row.assignmentId}>
          <th scope="row">{row.user}</th>
          <td>{row.role}</td>
          <td>{row.environment}</td>
          <td>
            <State state={row.state} />
          </td>
          <td class="number">{row.waitMs === undefined ? '–' : time(row.waitMs)}</td>
          <td>
            <InstanceLink id={row.instanceId} />
          </td>
          <td>
            <Moment at={row.createTime} isShort />
          </td>
          <td>
            <AssignmentLink id={row.assignmentId} />
          </td>
          <td>{row.reason}</td>
        </tr>
      ))}
    </Table>
  );
}
