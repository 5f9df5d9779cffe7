import { bytes, rate, time } from '../../insight/format.ts';
import { layerParts, pullEndMs, workedMs } from '../../insight/layer-parts.ts';
import type { PagePull, PageStart } from '../documents.ts';
import { Section, Table } from './parts.tsx';

/** Layers of one pull that have a bar. */
const maxLayers = 20;

export function Starts({ starts }: { starts: readonly PageStart[] }) {
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

export function Pulls({ pulls }: { pulls: readonly PagePull[] }) {
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
  const speed = sizeBytes === undefined ? undefined : rate(sizeBytes, downloadMs);
  return [
    ...(sizeBytes === undefined ? [] : [bytes(sizeBytes)]),
    ...(speed === undefined ? [] : [speed]),
    time(workedMs({ ...times, downloadMs })),
  ].join(' ');
}
