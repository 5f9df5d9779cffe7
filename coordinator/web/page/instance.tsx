import { useState } from 'preact/hooks';
import { bytes, time } from '../../insight/format.ts';
import { layerParts, pullEndMs, workedMs } from '../../insight/layer-parts.ts';
import type { InstanceDocument, PagePull, PageStart } from '../documents.ts';
import { useAsked } from './ask.ts';
import { Charts } from './charts.tsx';
import { Problem, Section, since, State, Table } from './parts.tsx';
import { Waterfall } from './waterfall.tsx';
import { firstLook, type Window } from './window.ts';

/** Layers of one pull that have a bar. */
const maxLayers = 20;

export function InstanceView({ instanceId }: { instanceId: string }) {
  const path = `/api/v1/instances/${encodeURIComponent(instanceId)}`;
  const { answer, problem } = useAsked<InstanceDocument>(path, 5_000, (changed) => changed === instanceId);
  const [chosen, look] = useState<Window>();
  return (
    <>
      <h1>{instanceId}</h1>
      <Problem text={problem} />
      {answer === undefined ? <p>Loading…</p> : <Whole document={answer} chosen={chosen} look={look} />}
    </>
  );
}

function Whole({
  document,
  chosen,
  look,
}: {
  document: InstanceDocument;
  chosen: Window | undefined;
  look: (window: Window) => void;
}) {
  const { instance, spans, pulls, starts, samples, events } = document;
  const window = chosen ?? firstLook(spans);
  return (
    <>
      <Summary document={document} />
      <Section title="Timeline">
        {spans.length === 0 ? (
          <p class="hint">Nothing was reported yet.</p>
        ) : (
          <>
            <Waterfall spans={spans} window={window} look={look} />
            <Charts samples={samples} window={window} />
          </>
        )}
      </Section>
      {starts.length === 0 ? null : <Starts starts={starts} />}
      {pulls.length === 0 ? null : <Pulls pulls={pulls} />}
      <Section title="History">
        <Table label="History" columns={['When', 'Event', 'State', 'Reason or assignment']}>
          {events.map(({ at, event, state, reason, assignmentId }, index) => (
            <tr key={index}>
              <td>{new Date(at).toISOString().replace('T', ' ')}</td>
              <td>{event}</td>
              <td>
                <State state={state} />
              </td>
              <td>{reason === '' ? assignmentId : reason}</td>
            </tr>
          ))}
        </Table>
      </Section>
      <Section title="Compare">
        <CompareForm instanceId={instance.instanceId} />
      </Section>
    </>
  );
}

function Summary({ document }: { document: InstanceDocument }) {
  const { instance, assignment, endpoints } = document;
  const { timings } = assignment ?? {};
  const steps = (['claimed', 'delivered', 'started', 'ready'] as const).flatMap((step) => {
    const ms = timings?.[step];
    return ms === undefined ? [] : [`${step} ${time(ms)}`];
  });
  return (
    <div class="summary">
      <div class="card">
        <State state={instance.state} />{' '}
        {instance.connected ? 'connected' : `not connected, last seen ${since(instance.lastSeenTime)}`}
        {instance.stateReason === '' ? null : <p class="problem">{instance.stateReason}</p>}
        <p>
          {instance.roles.map(({ name, replayed }) => (
            <span key={name} class="role">
              {name}
              {replayed === undefined || replayed === 1 ? '' : ` (${Math.floor(replayed * 100)} % warm)`}
            </span>
          ))}
        </p>
        {assignment === null ? null : (
          <p>
            <b>{assignment.user}</b> has it as {assignment.role}
            {assignment.environment === '' ? '' : ` for ${assignment.environment}`}{' '}
            <State state={assignment.state} />
            {steps.length === 0 ? null : <span class="hint"> {steps.join(', ')} after Assign</span>}
          </p>
        )}
        {endpoints.map(({ container, host, port }) => (
          <p key={`${container} ${port}`} class="hint">
            {container} at {host}:{port}
          </p>
        ))}
      </div>
      <dl class="card">
        {instance.facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Starts({ starts }: { starts: readonly PageStart[] }) {
  const optional = (ms: number | undefined): string => (ms === undefined ? '' : time(ms));
  return (
    <Section title="Containers">
      <Table
        label="Containers"
        columns={[
          'Container',
          'Prepared',
          { figures: 'Create' },
          { figures: 'Start' },
          { figures: 'Exec' },
          { figures: 'Ready' },
          'Image',
          'Error',
        ]}
      >
        {starts.map((start, index) => (
          <tr key={index}>
            <th scope="row">{start.name}</th>
            <td>{start.prepared}</td>
            <td class="number">{optional(start.createMs)}</td>
            <td class="number">{optional(start.startMs)}</td>
            <td class="number">{optional(start.execMs)}</td>
            <td class="number">{optional(start.readyMs)}</td>
            <td>{start.image}</td>
            <td>{start.error}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function Pulls({ pulls }: { pulls: readonly PagePull[] }) {
  return (
    <Section title="Images">
      {pulls.map((pull, index) => (
        <details key={index}>
          <summary>
            <b>{pull.ref}</b> {bytes(pull.sizeBytes)}, {pull.atBake ? 'pulled at bake' : 'pulled here'} in{' '}
            {time(pull.pullMs)}, {pull.layers.length} {pull.layers.length === 1 ? 'layer' : 'layers'}
          </summary>
          {(pull.retries ?? []).map(({ code, reason, waitMs }, retry) => (
            <p class="hint" key={retry}>
              A try failed ({code}: {reason}); the next one came after {time(waitMs)}.
            </p>
          ))}
          <Layers layers={pull.layers} />
        </details>
      ))}
      <p class="hint">
        <span class="key wait" /> wait <span class="key download" /> download <span class="key extract" />{' '}
        extraction
      </p>
    </Section>
  );
}

function Layers({ layers }: { layers: PagePull['layers'] }) {
  const longest = new Set([...layers].sort((a, b) => workedMs(b) - workedMs(a)).slice(0, maxLayers));
  const end = pullEndMs(layers);
  const x = (ms: number): number => (ms / end) * 1000;
  return (
    <>
      {layers
        .filter((layer) => longest.has(layer))
        .map((layer, index) => (
          <div class="row layer" key={index}>
            <span class="name">{layer.digest.replace('sha256:', '').slice(0, 12)}</span>
            <span class="number">{layer.cached ? 'was there' : figuresOf(layer)}</span>
            <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
              {layerParts(layer).map(({ kind, from, to }) => (
                <rect class={`bar ${kind}`} x={x(from)} y="2" width={x(to - from)} height="12" key={from} />
              ))}
            </svg>
          </div>
        ))}
      {layers.length > maxLayers ? <p class="hint">… and {layers.length - maxLayers} shorter ones</p> : null}
    </>
  );
}

function figuresOf({ sizeBytes, downloadMs = 0, ...times }: PagePull['layers'][number]): string {
  const isTold = sizeBytes !== undefined && downloadMs > 0;
  return [
    ...(sizeBytes === undefined ? [] : [bytes(sizeBytes)]),
    ...(isTold ? [`${bytes(Math.round((sizeBytes / downloadMs) * 1000))}/s`] : []),
    time(workedMs({ ...times, downloadMs })),
  ].join(' ');
}

function CompareForm({ instanceId }: { instanceId: string }) {
  const [other, setOther] = useState('');
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (other.trim() !== '')
          location.hash = `#/compare/${encodeURIComponent(instanceId)}/${encodeURIComponent(other.trim())}`;
      }}
    >
      <label>
        With instance <input value={other} onInput={(event) => setOther(event.currentTarget.value)} />
      </label>
      <button type="submit">Compare</button>
    </form>
  );
}
