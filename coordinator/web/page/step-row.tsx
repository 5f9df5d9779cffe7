import { time } from '../../insight/format.ts';
import type { PageSpan } from '../documents.ts';
import type { PanelRow } from './panels.ts';
import { endOf, startOf, type Window } from './window.ts';

interface Props {
  row: PanelRow;
  window: Window;
  now: number;
  isPicked: boolean;
  pick: () => void;
}

/** A step: its name, how long it took, and its bar. What nobody waited for is pale. */
export function StepRow({ row, window, now, isPicked, pick }: Props) {
  const { node, critical, isOurs } = row;
  const { span, depth, durationMs } = node;
  const [from, to] = [startOf(span), endOf(span, now)];
  const isAside = critical.length === 0;
  const kind = isOurs ? 'ours' : kindOf(span.name);
  return (
    <button
      type="button"
      class={`row step${isAside ? ' aside' : ''}`}
      aria-expanded={isPicked}
      onClick={pick}
    >
      <span class={`name depth${Math.min(depth, 4)}`}>{labelOf(span)}</span>
      <span class="number">{span.endUnixNs === 0 ? 'running' : time(durationMs)}</span>
      <span class="track">
        <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
          <Bar kind={`${kind} beside`} from={from} to={to} window={window} />
          {critical.map((stretch) => (
            <Bar
              key={stretch.from}
              kind={kind}
              from={stretch.from / 1e6}
              to={stretch.to / 1e6}
              window={window}
            />
          ))}
        </svg>
        {to < window.from ? <span class="beyond">◂</span> : null}
        {from > window.to ? <span class="beyond later">▸</span> : null}
      </span>
    </button>
  );
}

function Bar({ kind, from, to, window }: { kind: string; from: number; to: number; window: Window }) {
  if (to < window.from || from > window.to) return null;
  const scale = 1000 / (window.to - window.from);
  const x = Math.max(-1, (from - window.from) * scale);
  const end = Math.min(1001, Math.max((to - window.from) * scale, x + 2));
  return <rect class={`bar ${kind}`} x={x} y="2" width={end - x} height="12" />;
}

export function labelOf({ name, attributes }: Pick<PageSpan, 'name' | 'attributes'>): string {
  // The end of an image's name says which one it is; its details have the whole name.
  const what = attributes['container.name'] ?? attributes['image']?.replace(/^.*\//, '');
  return what === undefined ? name : `${name} ${what}`;
}

function kindOf(name: string): string {
  return name.split('.')[0]?.replace(/[^a-z_]/g, '') ?? '';
}
