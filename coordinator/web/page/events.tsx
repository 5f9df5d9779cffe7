import type { EventsDocument, PageEvent } from '../documents.ts';
import { linkTo, useAddress } from './address.ts';
import { useAsked } from './ask.ts';
import { Answered, AssignmentLink, InstanceLink, Moment, State, Table } from './parts.tsx';

/** Every change of state, the newest first. */
export function EventsView() {
  const { query } = useAddress();
  const page = Number(query.get('page') ?? '1') || 1;
  const asked = useAsked<EventsDocument>(`/api/v1/changes?page=${page}`, 15_000);
  const to = (next: number): string => linkTo(['events'], next === 1 ? {} : { page: String(next) });
  return (
    <>
      <h1>Events</h1>
      <Answered asked={asked} what="events">
        {({ events, hasMore }) => (
          <>
            <Events events={events} />
            <nav class="pages" aria-label="Pages">
              {page > 1 ? <a href={to(page - 1)}>Newer</a> : null}
              <span>Page {page}</span>
              {hasMore ? <a href={to(page + 1)}>Older</a> : null}
            </nav>
          </>
        )}
      </Answered>
    </>
  );
}

/** @param of what all of them are about, which then has no column */
export function Events({ events, of }: { events: readonly PageEvent[]; of?: 'Instance' | 'Assignment' }) {
  if (events.length === 0) return <p class="empty">Nothing has happened yet.</p>;
  const columns = ['When', 'Event', 'State', 'Instance', 'Assignment', 'Reason'].filter(
    (name) => name !== of,
  );
  return (
    <Table label="History" columns={columns}>
      {events.map(({ at, event, state, reason, instanceId, assignmentId }, index) => (
        <tr key={index}>
          <td>
            <Moment at={at} />
          </td>
          <td>{event}</td>
          <td>
            <State state={state} />
          </td>
          {of === 'Instance' ? null : (
            <td>
              <InstanceLink id={instanceId} />
            </td>
          )}
          {of === 'Assignment' ? null : (
            <td>
              <AssignmentLink id={assignmentId} />
            </td>
          )}
          <td>{reason}</td>
        </tr>
      ))}
    </Table>
  );
}
