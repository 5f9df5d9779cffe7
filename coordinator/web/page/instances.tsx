import { isGone, instanceStates, type InstanceState } from '../../core/instance-state.ts';
import type { InstancePage, InstanceRow } from '../documents.ts';
import { change, linkTo, useAddress } from './address.ts';
import { useAsked } from './ask.ts';
import { Answered, InstanceLink, Moment, Pages, Section, State, Table, type Column } from './parts.tsx';

/** The two that a pool is about come first. */
export const shownStates = [...new Set<InstanceState>(['READY', 'ASSIGNED', ...instanceStates])];

/** Instances, filtered and sorted by the coordinator. */
export function InstanceList({ roles }: { roles: readonly string[] }) {
  const { query } = useAddress();
  const of = (name: string): string => query.get(name) ?? '';
  const set = (name: string, value: string): void => change({ [name]: value, after: '' });
  const wanted = ['state', 'role', 'find', 'order', 'after'].flatMap((name) =>
    of(name) === '' ? [] : [[name, of(name)]],
  );
  const asked = useAsked<InstancePage>(`/api/v1/instances?${new URLSearchParams(wanted)}`, 15_000);
  return (
    <Section title="Instances">
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Id has{' '}
          <input
            type="search"
            value={of('find')}
            onInput={(event) => set('find', event.currentTarget.value)}
          />
        </label>
        <label>
          Role{' '}
          <select value={of('role')} onChange={(event) => set('role', event.currentTarget.value)}>
            <option value="">all</option>
            {roles.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          State{' '}
          <select value={of('state')} onChange={(event) => set('state', event.currentTarget.value)}>
            <option value="">all</option>
            {shownStates.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <Ticked />
      </form>
      <Answered asked={asked} what="instances">
        {({ instances, next }) => (
          <>
            <Instances rows={instances} order={of('order')} isTickable />
            <Pages token={of('after')} next={next} go={(after) => change({ after }, true)} />
          </>
        )}
      </Answered>
    </Section>
  );
}

/** Two instances that are ticked can be compared. */
function Ticked() {
  const ticked = useTicked();
  const [a, b] = ticked;
  if (a === undefined) return null;
  return b === undefined ? (
    <span class="hint">Tick another one to compare it with {a}.</span>
  ) : (
    <a href={linkTo(['compare', a, b])}>
      Compare {a} and {b}
    </a>
  );
}

function useTicked(): string[] {
  const { query } = useAddress();
  return (query.get('ticked') ?? '').split(',').filter(Boolean).slice(-2);
}

/** @param order how the rows are sorted; absent where the headings do not sort */
export function Instances({
  rows,
  order,
  isTickable = false,
}: {
  rows: readonly InstanceRow[];
  order?: string;
  isTickable?: boolean;
}) {
  const ticked = useTicked();
  if (rows.length === 0) return <p class="empty">No instance matches.</p>;
  const heading = (title: string, name: string, isDescending: boolean): Column =>
    order === undefined
      ? title
      : {
          title,
          isDescending,
          isChosen: order === name,
          choose: () => change({ order: name, after: '' }),
        };
  const columns = [
    heading('Instance', '', false),
    heading('State', 'STATE', false),
    'Roles',
    'User',
    'Image',
    'Zone',
    heading('Checked in', 'CHECK_IN', true),
  ];
  return (
    <Table label="Instances" columns={isTickable ? [...columns, 'Compare'] : columns}>
      {rows.map((row) => (
        <tr key={row.instanceId}>
          <th scope="row">
            <InstanceLink id={row.instanceId} />
          </th>
          <td>
            <State state={row.state} title={row.stateReason} />
            {row.connected || isGone(row.state) ? '' : ' silent'}
          </td>
          <td>{row.roles.map(roleText).join(', ')}</td>
          <td>
            {row.user === '' ? '' : <a href={linkTo(['assignments'], { user: row.user })}>{row.user}</a>}
          </td>
          <td>{row.imageId}</td>
          <td>{row.zone}</td>
          <td>
            <Moment at={row.checkInTime} isShort />
          </td>
          {isTickable ? (
            <td>
              <input
                type="checkbox"
                aria-label={`Compare ${row.instanceId}`}
                checked={ticked.includes(row.instanceId)}
                onChange={() => change({ ticked: toggled(ticked, row.instanceId).join(',') })}
              />
            </td>
          ) : null}
        </tr>
      ))}
    </Table>
  );
}

/** The last two that were ticked. */
function toggled(ticked: readonly string[], id: string): string[] {
  return ticked.includes(id) ? ticked.filter((each) => each !== id) : [...ticked, id].slice(-2);
}

function roleText({ name, replayed }: InstanceRow['roles'][number]): string {
  return replayed === undefined || replayed === 1 ? name : `${name} (${Math.floor(replayed * 100)} % warm)`;
}
