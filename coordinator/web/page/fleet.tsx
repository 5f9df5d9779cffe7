import { time } from '../../insight/format.ts';
import type { FleetDocument, Percentiles, RoleSummary } from '../documents.ts';
import { change, linkTo, useAddress } from './address.ts';
import { useAsked } from './ask.ts';
import { InstanceList, shownStates } from './instances.tsx';
import { Answered, Section, State, Table } from './parts.tsx';

const steps = ['claimed', 'delivered', 'started', 'ready'] as const;

export function Fleet() {
  const asked = useAsked<FleetDocument>('/api/v1/fleet', 15_000);
  const { query } = useAddress();
  return (
    <>
      <h1>Fleet</h1>
      <Answered asked={asked} what="the fleet">
        {(fleet) => (
          <>
            <Counts
              fleet={fleet}
              chosen={query.get('state') ?? ''}
              choose={(state) => change({ state, after: '' }, true)}
            />
            {fleet.roles.length === 0 ? (
              <p class="empty">
                No instance has checked in yet. An instance appears here as soon as its agent reaches this
                coordinator.
              </p>
            ) : (
              <Roles roles={fleet.roles} />
            )}
          </>
        )}
      </Answered>
      <InstanceList roles={asked.answer?.roles.map(({ name }) => name) ?? []} />
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
          ...steps.map((step) => ({ figures: step })),
          { figures: 'n' },
        ]}
      >
        {roles.map((role) => (
          <tr key={role.name}>
            <th scope="row">
              <a href={linkTo(['slowest'], { role: role.name })}>{role.name}</a>
            </th>
            <td>
              <Pool role={role} />
            </td>
            <td class="number">
              {role.waiting === 0 ? (
                0
              ) : (
                <a href={linkTo(['assignments'], { role: role.name, state: 'PENDING' })}>{role.waiting}</a>
              )}
            </td>
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
        An instance that carries several roles is in the pool of each. Times are p50 / p99 and count from
        Assign, without waiting for an instance; of the last 1,000 assignments those that served on their
        first instance.
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
