import { useState } from 'preact/hooks';
import { time } from '../../insight/format.ts';
import type { FleetDocument, InstancePage, InstanceRow, Percentiles, RoleSummary } from '../documents.ts';
import { useAsked } from './ask.ts';
import { instanceStates, isGone, type InstanceState } from '../../core/instance-state.ts';
import { Problem, Section, since, State, Table } from './parts.tsx';

/** The two that a pool is about come first. */
const shownStates = [...new Set<InstanceState>(['READY', 'ASSIGNED', ...instanceStates])];
const steps = ['claimed', 'delivered', 'started', 'ready'] as const;

export function Fleet() {
  const { answer: fleet, problem } = useAsked<FleetDocument>('/api/v1/fleet', 15_000);
  const [state, setState] = useState('');
  const [role, setRole] = useState('');
  const [find, setFind] = useState('');
  const [pages, setPages] = useState<string[]>(['']);
  const filter = (change: () => void) => {
    change();
    setPages(['']);
  };
  const query = new URLSearchParams({ state, role, find, after: pages.at(-1) ?? '' });
  const list = useAsked<InstancePage>(`/api/v1/instances?${query}`, 15_000);
  return (
    <>
      <h1>Fleet</h1>
      <Problem text={problem} />
      {fleet === undefined ? null : (
        <Counts fleet={fleet} chosen={state} choose={(one) => filter(() => setState(one))} />
      )}
      {fleet === undefined || fleet.roles.length === 0 ? null : <Roles roles={fleet.roles} />}
      <Section title="Instances">
        <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
          <label>
            Id has{' '}
            <input
              type="search"
              value={find}
              onInput={(event) => filter(() => setFind(event.currentTarget.value))}
            />
          </label>
          <label>
            Role{' '}
            <select value={role} onChange={(event) => filter(() => setRole(event.currentTarget.value))}>
              <option value="">all</option>
              {fleet?.roles.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            State{' '}
            <select value={state} onChange={(event) => filter(() => setState(event.currentTarget.value))}>
              <option value="">all</option>
              {shownStates.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </form>
        <Problem text={list.problem} />
        <Instances rows={list.answer?.instances} />
        <nav class="pages" aria-label="Pages">
          <button type="button" disabled={pages.length === 1} onClick={() => setPages(pages.slice(0, -1))}>
            Back
          </button>
          <span>Page {pages.length}</span>
          <button
            type="button"
            disabled={(list.answer?.next ?? '') === ''}
            onClick={() => setPages([...pages, list.answer?.next ?? ''])}
          >
            Next
          </button>
        </nav>
      </Section>
    </>
  );
}

function Counts({
  fleet,
  chosen,
  choose,
}: {
  fleet: FleetDocument;
  chosen: string;
  choose: (state: string) => void;
}) {
  const present = shownStates.filter((state) => (fleet.states[state] ?? 0) > 0);
  const total = Object.values(fleet.states).reduce((sum, count) => sum + count, 0);
  return (
    <div class="counts">
      <div class="count">
        <b>{total}</b> known
      </div>
      <div class="count">
        <b>{fleet.connected}</b> connected
      </div>
      {present.map((state) => (
        <button
          type="button"
          key={state}
          class="count"
          aria-pressed={state === chosen}
          onClick={() => choose(state === chosen ? '' : state)}
        >
          <b>{fleet.states[state]}</b> <State state={state} />
        </button>
      ))}
    </div>
  );
}

function Roles({ roles }: { roles: readonly RoleSummary[] }) {
  return (
    <Section title="Pools">
      <Table
        label="Pools"
        columns={[
          'Role',
          'Instances',
          { figures: 'Waiting' },
          ...steps.map((step) => ({ figures: `${step} p50 / p99` })),
          { figures: 'n' },
        ]}
      >
        {roles.map((role) => (
          <tr key={role.name}>
            <th scope="row">{role.name}</th>
            <td>
              <Pool role={role} />
            </td>
            <td class="number">{role.waiting}</td>
            {steps.map((step) => (
              <td class="number" key={step}>
                {percentilesText(role.steps[step])}
              </td>
            ))}
            <td class="number">{role.steps.claimed?.n ?? 0}</td>
          </tr>
        ))}
      </Table>
      <p class="hint">
        An instance that carries several roles is in the pool of each. Times count from Assign; of the last
        1,000 assignments.
      </p>
    </Section>
  );
}

function percentilesText(percentiles: Percentiles | undefined): string {
  return percentiles === undefined ? '' : `${time(percentiles.p50)} / ${time(percentiles.p99)}`;
}

function Pool({ role }: { role: RoleSummary }) {
  const parts = [
    ['ready', role.ready],
    ['preparing', role.preparing],
    ['assigned', role.assigned],
    ['failed', role.failed],
  ] as const;
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  const words = parts.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
  return (
    <span class="pool">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(([name, count], index) => {
          const before = parts.slice(0, index).reduce((sum, [, one]) => sum + one, 0);
          return (
            <rect
              key={name}
              class={`fill ${name}`}
              x={(before / Math.max(1, total)) * 100}
              width={(count / Math.max(1, total)) * 100}
              height="8"
            />
          );
        })}
      </svg>
      {words.join(', ') || 'none'}
    </span>
  );
}

function Instances({ rows }: { rows: readonly InstanceRow[] | undefined }) {
  if (rows === undefined) return <p>Loading…</p>;
  if (rows.length === 0) return <p>No instance is like that.</p>;
  return (
    <Table label="Instances" columns={['Instance', 'State', 'Roles', 'User', 'Image', 'Zone', 'Checked in']}>
      {rows.map((row) => (
        <tr key={row.instanceId}>
          <th scope="row">
            <a href={`#/instances/${encodeURIComponent(row.instanceId)}`}>{row.instanceId}</a>
          </th>
          <td>
            <State state={row.state} title={row.stateReason} />
            {row.connected || isGone(row.state) ? '' : ' silent'}
          </td>
          <td>{row.roles.map(roleText).join(', ')}</td>
          <td>{row.user}</td>
          <td>{row.imageId}</td>
          <td>{row.zone}</td>
          <td>{since(row.checkInTime)}</td>
        </tr>
      ))}
    </Table>
  );
}

function roleText({ name, replayed }: InstanceRow['roles'][number]): string {
  return replayed === undefined || replayed === 1 ? name : `${name} (${Math.floor(replayed * 100)} % warm)`;
}
