import { useEffect, useState } from 'preact/hooks';
import type { SearchDocument } from '../documents.ts';
import { change, linkTo, useAddress } from './address.ts';
import { useAsked } from './ask.ts';
import { Assignments } from './assignments.tsx';
import { Instances } from './instances.tsx';
import { Answered, Section } from './parts.tsx';

/** Stands in the head of every view; results have an address of their own. */
export function SearchBox() {
  const { parts, query } = useAddress();
  const shown = parts[0] === 'search' ? (query.get('q') ?? '') : '';
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        const q = text.trim();
        if (q === '') return;
        if (parts[0] === 'search') change({ q });
        else location.hash = linkTo(['search'], { q });
      }}
    >
      <input
        type="search"
        aria-label="Search users, assignments, environments and instances"
        placeholder="User, assignment, environment, instance"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}

export function SearchView() {
  const { query } = useAddress();
  const q = query.get('q') ?? '';
  const asked = useAsked<SearchDocument>(`/api/v1/search?${new URLSearchParams({ q })}`, 15_000);
  return (
    <>
      <h1>Search for {q}</h1>
      <Answered asked={asked} what="results">
        {({ instances, assignments, hasMore }) =>
          instances.length + assignments.length === 0 ? (
            <p class="empty">No instance, assignment, user or environment has that in its name.</p>
          ) : (
            <>
              {assignments.length === 0 ? null : (
                <Section title="Assignments">
                  <Assignments rows={assignments} />
                </Section>
              )}
              {instances.length === 0 ? null : (
                <Section title="Instances">
                  <Instances rows={instances} />
                </Section>
              )}
              {hasMore ? <p class="hint">There is more. Search for a longer part.</p> : null}
            </>
          )
        }
      </Answered>
    </>
  );
}
