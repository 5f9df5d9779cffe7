import { time } from '../../insight/format.ts';
import type { CompareDocument } from '../documents.ts';
import { useAsked } from './ask.ts';
import { Answered, InstanceLink, Table } from './parts.tsx';

export function Compare({ a, b }: { a: string; b: string }) {
  const asked = useAsked<CompareDocument>(
    `/api/v1/compare?${new URLSearchParams({ a, b })}`,
    15_000,
    (instanceId) => instanceId === a || instanceId === b,
  );
  return (
    <>
      <h1>
        <InstanceLink id={a} /> and <InstanceLink id={b} />
      </h1>
      <Answered asked={asked} what="both">
        {({ steps }) => <Steps steps={steps} />}
      </Answered>
    </>
  );
}

function Steps({ steps }: Pick<CompareDocument, 'steps'>) {
  if (steps.length === 0) return <p class="empty">Neither has reported anything yet.</p>;
  const longest = Math.max(1e-3, ...steps.flatMap(({ aMs = 0, bMs = 0 }) => [aMs, bMs]));
  return (
    <Table
      label="Steps of both"
      columns={[
        'Step',
        { figures: 'First' },
        { figures: 'Second' },
        { figures: 'Difference' },
        'First above, second below',
      ]}
    >
      {steps.map(({ path, aMs, bMs }) => (
        <tr key={path}>
          <th scope="row">{path}</th>
          <td class="number">{aMs === undefined ? '–' : time(aMs)}</td>
          <td class="number">{bMs === undefined ? '–' : time(bMs)}</td>
          <td class="number">{difference(aMs, bMs)}</td>
          <td>
            <svg class="pair" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
              <rect class="first" width={((aMs ?? 0) / longest) * 100} height="6" />
              <rect class="second" y="8" width={((bMs ?? 0) / longest) * 100} height="6" />
            </svg>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function difference(aMs: number | undefined, bMs: number | undefined): string {
  if (aMs === undefined) return 'second only';
  if (bMs === undefined) return 'first only';
  return `${bMs < aMs ? '−' : '+'}${time(Math.abs(bMs - aMs))}`;
}
