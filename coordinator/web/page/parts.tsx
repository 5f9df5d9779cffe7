import type { ComponentChildren } from 'preact';

/** A state in a word and a colour; the word alone says it too. */
export function State({ state, title }: { state: string; title?: string }) {
  return (
    <span class={`state ${state.toLowerCase()}`} title={title}>
      {state}
    </span>
  );
}

export function Problem({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p class="problem" role="alert">
      {text}
    </p>
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

/** A column's heading; one of figures is aligned to the right. */
type Column = string | { figures: string };

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
              <th scope="col" key={index} class={typeof column === 'string' ? undefined : 'number'}>
                {typeof column === 'string' ? column : column.figures}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function since(ms: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - ms) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86400)} d ago`;
}
