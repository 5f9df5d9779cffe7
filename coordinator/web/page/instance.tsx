import { useMemo, useState } from 'preact/hooks';
import { time } from '../../insight/format.ts';
import type { InstanceDocument } from '../documents.ts';
import { linkTo, useAddress } from './address.ts';
import { AssignmentSummary } from './assignment.tsx';
import { useAsked } from './ask.ts';
import { useNow } from './clock.ts';
import { Events } from './events.tsx';
import { Pulls, Starts } from './images.tsx';
import { Panel } from './panel.tsx';
import { panelsOf, type PanelModel } from './panels.ts';
import { Answered, Section, since, State } from './parts.tsx';
import { StepDetails } from './step-details.tsx';

export function InstanceView({ instanceId }: { instanceId: string }) {
  const path = `/api/v1/instances/${encodeURIComponent(instanceId)}`;
  const asked = useAsked<InstanceDocument>(path, 5_000, (changed) => changed === instanceId);
  return (
    <>
      <h1>{instanceId}</h1>
      <Answered asked={asked} what={instanceId}>
        {(document) => <Whole document={document} at={asked.at} />}
      </Answered>
    </>
  );
}

function Whole({ document, at }: { document: InstanceDocument; at: number }) {
  const { instance, assignment, pulls, starts, events } = document;
  // What runs is drawn up to when we heard of it.
  const panels = useMemo(() => panelsOf(document, at), [document, at]);
  const [main, other] = [panels.filter(({ id }) => id !== 'other'), panels.find(({ id }) => id === 'other')];
  return (
    <>
      {assignment === null ? (
        <p class="answer">No user has had this instance.</p>
      ) : (
        <AssignmentSummary assignment={assignment} isOnInstance />
      )}
      {panels.length === 0 ? (
        <p class="hint">The instance has reported nothing yet.</p>
      ) : (
        <Legend document={document} />
      )}
      {main.map((model) => (
        <Section key={model.id} title={model.title}>
          <PanelWithDetails model={model} document={document} at={at} />
        </Section>
      ))}
      {other === undefined ? null : <Other model={other} document={document} at={at} />}
      {starts.length === 0 ? null : <Starts starts={starts} />}
      {pulls.length === 0 ? null : <Pulls pulls={pulls} />}
      <Section title="Instance">
        <Facts document={document} />
      </Section>
      <Section title="History">
        <Events events={events} of="Instance" />
      </Section>
      <Section title="Compare">
        <CompareForm instanceId={instance.instanceId} />
      </Section>
    </>
  );
}

interface PanelProps {
  model: PanelModel;
  document: InstanceDocument;
  at: number;
}

function PanelWithDetails({ model, document, at }: PanelProps) {
  const { query } = useAddress();
  const step = query.get('step') ?? '';
  return (
    <>
      <Panel model={model} samples={document.samples} picked={step} now={at} />
      {step === '' ? null : <StepDetails model={model} step={step} document={document} now={at} />}
    </>
  );
}

/** Uploads, clearing up and read-ahead for later: seldom why somebody waited, so it is folded. */
function Other({ model, document, at }: PanelProps) {
  return (
    <Section title={model.title}>
      <details>
        <summary>
          {model.rows.length} {model.rows.length === 1 ? 'step' : 'steps'} that no user waited for
        </summary>
        <PanelWithDetails model={model} document={document} at={at} />
      </details>
    </Section>
  );
}

function Legend({ document }: { document: InstanceDocument }) {
  const { clock } = document.instance;
  return (
    <p class="hint legend">
      <span class="key ours" /> measured by the coordinator <span class="key theirs" /> by the instance, what
      was waited for (the critical path) <span class="key beside" /> beside it
      {clock === undefined
        ? ''
        : `. The instance's clock is known to within ${time(clock.uncertaintyMs)}: its steps may be that much further left or right`}
      . Drag to look closer, Ctrl and the wheel zoom, keys are + − ← → and 0 for all. A click on a step tells
      more.
    </p>
  );
}

function Facts({ document }: { document: InstanceDocument }) {
  const { instance } = document;
  const now = useNow(1_000);
  return (
    <div class="summary">
      <div class="card">
        <State state={instance.state} />{' '}
        {instance.connected
          ? 'connected'
          : `not connected, last seen ${instance.lastSeenTime > now ? 'now' : since(instance.lastSeenTime)}`}
        {instance.stateReason === '' ? null : <p class="problem">{instance.stateReason}</p>}
        <p>
          {instance.roles.map(({ name, replayed }) => (
            <span key={name} class="role">
              {name}
              {replayed === undefined || replayed === 1 ? '' : ` (${Math.floor(replayed * 100)} % warm)`}
            </span>
          ))}
        </p>
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

function CompareForm({ instanceId }: { instanceId: string }) {
  const [other, setOther] = useState('');
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (other.trim() !== '') location.hash = linkTo(['compare', instanceId, other.trim()]);
      }}
    >
      <label>
        With instance <input value={other} onInput={(event) => setOther(event.currentTarget.value)} />
      </label>
      <button type="submit">Compare</button>
    </form>
  );
}
