import type { HTMLAttributes } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Sample } from '../../core/sample.ts';
import { time } from '../../insight/format.ts';
import { change, useAddress } from './address.ts';
import { timeOfDay, useZone } from './clock.ts';
import { IoRows } from './io-rows.tsx';
import type { PanelModel, PanelRow } from './panels.ts';
import { StepRow } from './step-row.tsx';
import { moved, padded, ticksOf, windowIn, windowText, zoomed, type Window } from './window.ts';

/** Rows that are drawn; nobody reads more. */
const maxRows = 300;
/** Pixels that a pointer moves before it draws a stretch instead of choosing a step. */
const dragThreshold = 5;

interface Props {
  model: PanelModel;
  samples: readonly Sample[];
  /** The step whose details are shown. */
  picked: string;
  now: number;
}

/** Steps on one axis that can be looked at closer, and below them what the machine did meanwhile. */
export function Panel({ model, samples, picked, now }: Props) {
  const { id, title, zero, whole, rows, tookMs } = model;
  const { query } = useAddress();
  const zone = useZone();
  const window = windowIn(query.get(id) ?? '', zero) ?? whole;
  const isWhole = !query.has(id);
  const look = (next: Window | undefined): void =>
    change({ [id]: next === undefined ? '' : windowText(next, zero) });
  const track = useRef<HTMLDivElement>(null);
  const pointer = usePointer(track, window, look);
  const shown = rows.slice(0, maxRows);
  const drawn = useMemo(
    () =>
      shown.map((row) => (
        <StepRow
          key={row.node.span.spanId}
          row={row}
          window={window}
          now={now}
          isPicked={row.node.span.spanId === picked}
          pick={() => change({ step: row.node.span.spanId === picked ? '' : row.node.span.spanId })}
        />
      )),
    [rows, window.from, window.to, picked, now],
  );
  return (
    <div
      class="panel"
      role="group"
      aria-label={title}
      onKeyDown={(event) => {
        const next = keys[event.key];
        if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement) return;
        event.preventDefault();
        look(next(window));
      }}
    >
      <p class="caption">
        {tookMs === undefined ? 'It is not over. ' : <b>{time(tookMs)} </b>}
        <span class="hint">
          0 is {timeOfDay(zero, zone)} {zone}
        </span>
      </p>
      <Tools window={window} isWhole={isWhole} look={look} />
      <div class="plots" {...pointer.handlers}>
        <div class="row axis" aria-hidden="true">
          <span class="track ticks">
            {ticksOf(window, zero, 5).map(({ at, text }) => {
              const part = (at - window.from) / (window.to - window.from);
              return part > 0.93 ? null : (
                <span key={text} style={{ left: `${part * 100}%` }}>
                  {text}
                </span>
              );
            })}
          </span>
        </div>
        {drawn}
        {id === 'other' ? null : <IoRows samples={samples} window={window} at={pointer.at} />}
        <div class="overlay row" aria-hidden="true">
          <div class="track" ref={track}>
            {pointer.at === undefined ? null : (
              <span class="cursor" style={{ left: `${partOf(pointer.at, window) * 100}%` }}>
                <span class={partOf(pointer.at, window) > 0.8 ? 'flipped' : undefined}>
                  {time(Math.abs(pointer.at - zero))}
                  {pointer.at < zero ? ' before' : ''}
                </span>
              </span>
            )}
            {pointer.brush === undefined ? null : (
              <span
                class="brush"
                style={{
                  left: `${partOf(pointer.brush.from, window) * 100}%`,
                  width: `${((pointer.brush.to - pointer.brush.from) / (window.to - window.from)) * 100}%`,
                }}
              />
            )}
          </div>
        </div>
      </div>
      <Outside rows={shown} window={window} now={now} />
      {rows.length > maxRows ? <p class="hint">… and {rows.length - maxRows} more steps</p> : null}
    </div>
  );
}

const keys: Readonly<Record<string, (window: Window) => Window | undefined>> = {
  '+': (window) => zoomed(window, 0.5),
  '=': (window) => zoomed(window, 0.5),
  '-': (window) => zoomed(window, 2),
  ArrowLeft: (window) => moved(window, -0.25),
  ArrowRight: (window) => moved(window, 0.25),
  0: () => undefined,
};

function Tools({
  window,
  isWhole,
  look,
}: {
  window: Window;
  isWhole: boolean;
  look: (window: Window | undefined) => void;
}) {
  const tool = (label: string, text: string, next: () => Window) => (
    <button type="button" aria-label={label} title={label} onClick={() => look(next())}>
      {text}
    </button>
  );
  return (
    <div class="tools" role="toolbar" aria-label="Zoom">
      <button type="button" disabled={isWhole} onClick={() => look(undefined)}>
        All
      </button>
      {tool('Closer', '+', () => zoomed(window, 0.5))}
      {tool('Further away', '−', () => zoomed(window, 2))}
      {tool('Earlier', '←', () => moved(window, -0.25))}
      {tool('Later', '→', () => moved(window, 0.25))}
    </div>
  );
}

/** Says what the window leaves out. */
function Outside({ rows, window, now }: { rows: readonly PanelRow[]; window: Window; now: number }) {
  const earlier = rows.filter(({ node }) => (node.span.endUnixNs || now * 1e6) / 1e6 < window.from).length;
  const later = rows.filter(({ node }) => node.span.startUnixNs / 1e6 > window.to).length;
  if (earlier + later === 0) return null;
  const told = [...(earlier > 0 ? [`${earlier} earlier`] : []), ...(later > 0 ? [`${later} later`] : [])];
  return <p class="hint">Outside of what is shown: {told.join(', ')}.</p>;
}

function partOf(at: number, { from, to }: Window): number {
  return Math.min(1, Math.max(0, (at - from) / (to - from)));
}

interface Pointer {
  /** The moment below the pointer. Milliseconds since the epoch. */
  at: number | undefined;
  /** The stretch that is being drawn. */
  brush: Window | undefined;
  handlers: Pick<
    HTMLAttributes<HTMLDivElement>,
    'onPointerMove' | 'onPointerLeave' | 'onPointerDown' | 'onPointerUp' | 'onClickCapture'
  > & { ref: { current: HTMLDivElement | null } };
}

/** One cursor for all rows. A stretch that is drawn with the mouse, or Ctrl and the wheel, looks closer. */
function usePointer(
  track: { current: HTMLDivElement | null },
  window: Window,
  look: (window: Window) => void,
): Pointer {
  const body = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number>();
  const [pressed, press] = useState<{ x: number; at: number; isDrag: boolean }>();
  const wasDrag = useRef(false);
  const momentAt = (clientX: number): number | undefined => {
    const { left = 0, width = 0 } = track.current?.getBoundingClientRect() ?? {};
    if (width === 0 || clientX < left || clientX > left + width) return undefined;
    return window.from + ((clientX - left) / width) * (window.to - window.from);
  };
  useEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    const turn = (event: WheelEvent): void => {
      const under = momentAt(event.clientX);
      if (under === undefined || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      look(zoomed(window, event.deltaY > 0 ? 1.25 : 0.8, under));
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [window.from, window.to]);
  const brush =
    pressed?.isDrag === true && at !== undefined
      ? { from: Math.min(pressed.at, at), to: Math.max(pressed.at, at) }
      : undefined;
  return {
    at,
    brush,
    handlers: {
      ref: body,
      onPointerMove: ({ clientX }) => {
        setAt(momentAt(clientX));
        if (pressed !== undefined && !pressed.isDrag && Math.abs(clientX - pressed.x) > dragThreshold)
          press({ ...pressed, isDrag: true });
      },
      onPointerLeave: () => {
        setAt(undefined);
        press(undefined);
      },
      onPointerDown: ({ clientX, pointerType, button }) => {
        // A finger scrolls.
        const under = momentAt(clientX);
        if (pointerType !== 'touch' && button === 0 && under !== undefined)
          press({ x: clientX, at: under, isDrag: false });
      },
      onPointerUp: () => {
        wasDrag.current = brush !== undefined;
        if (brush !== undefined && brush.to > brush.from) look(padded(brush));
        press(undefined);
      },
      onClickCapture: (event) => {
        if (wasDrag.current) event.stopPropagation();
        wasDrag.current = false;
      },
    },
  };
}
