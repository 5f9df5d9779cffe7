import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { time } from '../../insight/format.ts';
import { linkTo } from './address.ts';
import type { Asked } from './ask.ts';
import { dateTime, useNow, useZone } from './clock.ts';

/** A state in a word and a colour; the word alone says it too. */
export function State({ state, title }: { state: string; title?: string }) {
  return (
    <span class={`state ${state.toLowerCase()}`} title={title}>
      {state}
    </span>
  );
}

/** A moment in the reader's choice of zone, and how long ago that was. */
export function Moment({ at, isShort = false }: { at: number; isShort?: boolean }) {
  const zone = useZone();
  if (at === 0) return <>–</>;
  const full = dateTime(at, zone);
  return (
    <time dateTime={new Date(at).toISOString()} title={`${full} ${zone}`}>
      {isShort ? since(at) : full}
    </time>
  );
}

export function since(ms: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - ms) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86400)} d ago`;
}

export function InstanceLink({ id }: { id: string }) {
  return id === '' ? <>–</> : <a href={linkTo(['instances', id])}>{id}</a>;
}

export function AssignmentLink({ id }: { id: string }) {
  return id === '' ? <>–</> : <a href={linkTo(['assignments', id])}>{id}</a>;
}

/** How long ago the last answer came before a line says so, in milliseconds. */
const staleAfter = 5_000;

/**
 * What was asked for, or why it is not there: being fetched, refused, or from before the coordinator stopped answering.
 * @param what as in "Loading …"
 * @param children draws an answer
 */
export function Answered<T>({
  asked,
  what,
  children,
}: {
  asked: Asked<T>;
  what: string;
  children: (answer: T) => ComponentChildren;
}) {
  const { answer, at, problem, code } = asked;
  const now = useNow(1_000);
  const age = now - at;
  if (answer === undefined) {
    if (problem === '') return <p class="loading">Loading {what}…</p>;
    return (
      <div class="notice" role="alert">
        <p>{code === '' ? `${problem} It is asked again every few seconds.` : problem}</p>
        {code === '' ? null : (
          <p class="hint">
            {code} · <a href="#/">to the fleet</a>
          </p>
        )}
      </div>
    );
  }
  const isStale = problem !== '' && age > staleAfter;
  return (
    <>
      {problem === '' ? null : (
        <p class="notice" role="alert">
          {problem} What you see is {time(Math.max(0, age))} old.
        </p>
      )}
      <div class={isStale ? 'stale' : undefined}>{children(answer)}</div>
    </>
  );
}

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** A column's heading. Figures are aligned to the right; with an order, the heading sorts by it. */
export type Column =
  | string
  | { figures: string }
  | { title: string; isChosen: boolean; choose: () => void; isDescending: boolean };

/** A table that scrolls by itself where the screen is narrow, also with the keyboard. Its children are the rows. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly Column[];
  children: ComponentChildren;
}) {
  return (
    <div class="scrolled" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <Heading key={index} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Heading({ column }: { column: Column }) {
  if (typeof column === 'string') return <th scope="col">{column}</th>;
  if ('figures' in column)
    return (
      <th scope="col" class="number">
        {column.figures}
      </th>
    );
  const { title, isChosen, isDescending, choose } = column;
  const order = isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isChosen ? order : 'none'}>
      <button type="button" class="sorter" onClick={choose}>
        {title}
        <span aria-hidden="true">{isChosen ? (isDescending ? ' ▾' : ' ▴') : ''}</span>
      </button>
    </th>
  );
}

/** Steps through pages whose tokens only the coordinator knows; the tokens before are in the address, for Back. */
export function Pages({ token, next, go }: { token: string; next: string; go: (token: string) => void }) {
  if (token === '' && next === '') return null;
  return (
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled={token === ''} onClick={() => go('')}>
        First page
      </button>
      <button type="button" disabled={next === ''} onClick={() => go(next)}>
        Next page
      </button>
    </nav>
  );
}

/** Puts a text on the clipboard where the browser allows it: on loopback and over TLS. */
export function Copy({ text, children }: { text: string; children: ComponentChildren }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (navigator.clipboard === undefined) return null;
  return (
    <button
      type="button"
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      {isCopied ? 'Copied' : children}
    </button>
  );
}
