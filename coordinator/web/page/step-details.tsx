import { bytes, time } from '../../insight/format.ts';
import type { InstanceDocument, PageSpan } from '../documents.ts';
import { change } from './address.ts';
import { dateTime, useZone } from './clock.ts';
import { Copy } from './parts.tsx';
import type { PanelModel } from './panels.ts';
import { labelOf } from './step-row.tsx';
import { endOf, padded, startOf, windowText } from './window.ts';

/** Everything that is known about one step, to read and to copy. */
export function StepDetails({
  model,
  step,
  document,
  now,
}: {
  model: PanelModel;
  step: string;
  document: Pick<InstanceDocument, 'starts' | 'pulls' | 'instance'>;
  now: number;
}) {
  const zone = useZone();
  const row = model.rows.find(({ node }) => node.span.spanId === step);
  if (row === undefined) return null;
  const { span, gapMs } = row.node;
  const [from, to] = [startOf(span), endOf(span, now)];
  const waitedMs = row.critical.reduce((sum, stretch) => sum + (stretch.to - stretch.from) / 1e6, 0);
  const { uncertaintyMs } = document.instance.clock ?? {};
  const isGuessed = !row.isOurs && uncertaintyMs !== undefined;
  const lines: [string, string][] = [
    [
      'Began',
      `${dateTime(from, zone)} ${zone}, ${time(Math.abs(from - model.zero))} ${from < model.zero ? 'before' : 'after'} 0`,
    ],
    ['Took', span.endUnixNs === 0 ? 'running' : time(to - from)],
    ...(model.id === 'other'
      ? []
      : [['Waited for', waitedMs > 0 ? time(waitedMs) : 'no: it ran beside'] as [string, string]]),
    ...(gapMs > 0 ? [['Between its steps', time(gapMs)] as [string, string]] : []),
    ...(isGuessed
      ? [['Placed', `to within ${time(uncertaintyMs)}, by the instance's clock`] as [string, string]]
      : []),
    ...imageLines(span, document),
    ...Object.entries(span.attributes),
    ...ioLines('host: ', span.io),
    ...ioLines('container: ', span.containerIo),
  ];
  const text = [labelOf(span), ...lines.map(([name, value]) => `${name}: ${value}`)].join('\n');
  return (
    <aside class="card details" aria-label="Details of the step">
      <header>
        <h3>{labelOf(span)}</h3>
        <span class="tools">
          <button
            type="button"
            onClick={() => change({ [model.id]: windowText(padded({ from, to }), model.zero) })}
          >
            Look closely
          </button>
          <Copy text={text}>Copy</Copy>
          <button type="button" onClick={() => change({ step: '' })}>
            Close
          </button>
        </span>
      </header>
      <dl>
        {lines.map(([name, value], index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

function imageLines(
  { attributes, name }: PageSpan,
  { starts, pulls }: Pick<InstanceDocument, 'starts' | 'pulls'>,
): [string, string][] {
  const container = attributes['container.name'];
  const image = attributes['image'] ?? starts.find((start) => start.name === container)?.image;
  if (image === undefined) return [];
  const pull = pulls.find(({ ref }) => ref === image);
  const size = pull === undefined ? '' : `, ${bytes(pull.sizeBytes)}`;
  const digest: [string, string][] =
    pull === undefined || pull.digest === '' || name !== 'image.pull' ? [] : [['Digest', pull.digest]];
  return [['Image', `${image}${size}`], ...digest];
}

function ioLines(whose: string, io: PageSpan['io']): [string, string][] {
  return Object.entries(io ?? {})
    .filter(([, count]) => typeof count === 'number' && count > 0)
    .map(([name, count]) => [
      `${whose}${words(name)}`,
      name.endsWith('Bytes') ? bytes(count) : String(count),
    ]);
}

/** `diskReadBytes` as `disk read`. */
function words(name: string): string {
  return name.replace(/Bytes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
