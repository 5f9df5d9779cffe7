import { bytes, time } from '../../insight/format.ts';
import { flattened, spanTrees, type SpanNode } from '../../insight/timeline.ts';
import type { PageSpan } from '../documents.ts';
import { around, endOf, moved, startOf, wholeOf, zoomed, type Window } from './window.ts';

/** Rows that are drawn; more is nothing that anybody reads. */
const maxRows = 300;
const ticks = [0, 0.25, 0.5, 0.75, 1];

interface Props {
  spans: readonly PageSpan[];
  window: Window;
  look: (window: Window) => void;
}

/** The timeline: a step a row, on one axis that can be looked at closer. */
export function Waterfall({ spans, window, look }: Props) {
  const trees = spanTrees(spans);
  const nodes = flattened(trees);
  const length = window.to - window.from;
  const keys: Record<string, () => Window> = {
    '+': () => zoomed(window, 0.5),
    '=': () => zoomed(window, 0.5),
    '-': () => zoomed(window, 2),
    ArrowLeft: () => moved(window, -0.25),
    ArrowRight: () => moved(window, 0.25),
    0: () => wholeOf(spans),
  };
  return (
    <div
      class="waterfall"
      role="group"
      aria-label="Timeline"
      onKeyDown={(event) => {
        const next = keys[event.key];
        if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        look(next());
      }}
    >
      <div class="tools" role="toolbar" aria-label="What is looked at">
        <button type="button" onClick={() => look(wholeOf(spans))}>
          All
        </button>
        {trees.map(({ span }) => (
          <button type="button" key={span.spanId} onClick={() => look(around(span))}>
            {span.name}
          </button>
        ))}
        <button type="button" aria-label="Closer" onClick={() => look(zoomed(window, 0.5))}>
          +
        </button>
        <button type="button" aria-label="Further away" onClick={() => look(zoomed(window, 2))}>
          −
        </button>
        <button type="button" aria-label="Earlier" onClick={() => look(moved(window, -0.25))}>
          ←
        </button>
        <button type="button" aria-label="Later" onClick={() => look(moved(window, 0.25))}>
          →
        </button>
      </div>
      <div class="row axis" aria-hidden="true">
        <span />
        <span />
        <span class="ticks">
          {ticks.map((part) => (
            <span key={part}>
              {part === 0 ? new Date(window.from).toISOString().slice(11, 23) : `+${time(length * part)}`}
            </span>
          ))}
        </span>
      </div>
      {nodes.slice(0, maxRows).map((node) => (
        <Row key={node.span.spanId} node={node} window={window} look={look} />
      ))}
      {nodes.length > maxRows ? <p class="hint">… and {nodes.length - maxRows} more steps</p> : null}
      <p class="hint">A click on a step looks at it closely. Keys: + − ← → and 0 for all.</p>
    </div>
  );
}

function Row({
  node,
  window,
  look,
}: {
  node: SpanNode<PageSpan>;
  window: Window;
  look: (window: Window) => void;
}) {
  const { span, depth, durationMs, gapMs } = node;
  const scale = 1000 / (window.to - window.from);
  const x = (startOf(span) - window.from) * scale;
  const width = Math.max(2, (endOf(span) - startOf(span)) * scale);
  const container = span.attributes['container.name'];
  const name = container === undefined ? span.name : `${span.name} ${container}`;
  const length = span.endUnixNs === 0 ? 'running' : time(durationMs);
  return (
    <button type="button" class="row" title={detail(span, gapMs)} onClick={() => look(around(span))}>
      <span class={`name depth${Math.min(depth, 4)}`}>{name}</span>
      <span class="number">{length}</span>
      <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
        <rect
          class={`bar ${kindOf(span.name)}`}
          x={clamp(x)}
          y="2"
          width={Math.max(0, clamp(x + width) - clamp(x))}
          height="12"
        />
      </svg>
    </button>
  );
}

function clamp(x: number): number {
  return Math.min(1001, Math.max(-1, x));
}

function kindOf(name: string): string {
  return name.split('.')[0]?.replace(/[^a-z_]/g, '') ?? '';
}

function detail(span: PageSpan, gapMs: number): string {
  return [
    `${span.name}, ${new Date(startOf(span)).toISOString()}`,
    ...(gapMs > 0 ? [`between steps: ${time(gapMs)}`] : []),
    ...Object.entries(span.attributes).map(([name, value]) => `${name}: ${value}`),
    ...ioLines('', span.io),
    ...ioLines('the container itself, ', span.containerIo),
  ].join('\n');
}

function ioLines(whose: string, io: PageSpan['io']): string[] {
  return Object.entries(io ?? {})
    .filter(([, count]) => typeof count === 'number' && count > 0)
    .map(
      ([name, count]) => `${whose}${words(name)}: ${name.endsWith('Bytes') ? bytes(count) : String(count)}`,
    );
}

/** `diskReadBytes` as `disk read`. */
function words(name: string): string {
  return name.replace(/Bytes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
