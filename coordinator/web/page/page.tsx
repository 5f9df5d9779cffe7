import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { linkTo, useAddress } from './address.ts';
import { useLive } from './ask.ts';
import { AssignmentView } from './assignment.tsx';
import { AssignmentsView } from './assignments.tsx';
import { chooseZone, useZone } from './clock.ts';
import { Compare } from './compare.tsx';
import { EventsView } from './events.tsx';
import { Fleet } from './fleet.tsx';
import { InstanceView } from './instance.tsx';
import { SlowestView, UsersView } from './people.tsx';
import { SearchBox, SearchView } from './search.tsx';

const places = [
  ['', 'Fleet'],
  ['assignments', 'Assignments'],
  ['users', 'Users'],
  ['slowest', 'Slowest'],
  ['events', 'Events'],
] as const;

function Page() {
  const { parts, query } = useAddress();
  const path = parts.join('/');
  const view = viewOf(parts, query);
  const shown = useRef(path);
  const main = useRef<HTMLElement>(null);
  document.title = view.title === '' ? 'Parbake' : `${view.title} · Parbake`;
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus();
  }, [path]);
  return (
    <>
      <Head place={parts[0] ?? ''} />
      <main ref={main} tabIndex={-1}>
        {view.element}
      </main>
    </>
  );
}

function Head({ place }: { place: string }) {
  const isLive = useLive();
  const zone = useZone();
  return (
    <header>
      <a class="brand" href="#/">
        Parbake
      </a>
      <nav aria-label="Views">
        {places.map(([name, title]) => (
          <a key={name} href={linkTo([name])} aria-current={name === place ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <SearchBox />
      <button
        type="button"
        aria-label={`Times are in ${zone === 'UTC' ? 'UTC' : 'local time'}; change`}
        onClick={() => chooseZone(zone === 'UTC' ? 'local' : 'UTC')}
      >
        {zone}
      </button>
      <span class={isLive ? 'live' : 'live off'} role="status">
        {isLive ? 'live' : 'connecting…'}
      </span>
    </header>
  );
}

/** @param title what the browser's tab says beside "Parbake" */
function viewOf([name = '', a = '', b = '', more]: readonly string[], query: URLSearchParams) {
  if (name === '' && a === '') return { title: 'Fleet', element: <Fleet /> };
  if (more === undefined && a !== '') {
    if (name === 'instances' && b === '')
      return { title: a, element: <InstanceView key={a} instanceId={a} /> };
    if (name === 'assignments' && b === '')
      return { title: a, element: <AssignmentView key={a} assignmentId={a} /> };
    if (name === 'compare' && b !== '')
      return { title: `${a} and ${b}`, element: <Compare key={`${a}/${b}`} a={a} b={b} /> };
  }
  if (a === '') {
    if (name === 'assignments') return { title: 'Assignments', element: <AssignmentsView /> };
    if (name === 'users') return { title: 'Users', element: <UsersView /> };
    if (name === 'slowest') return { title: 'Slowest assignments', element: <SlowestView /> };
    if (name === 'events') return { title: 'Events', element: <EventsView /> };
    if (name === 'search') return { title: `Search for ${query.get('q') ?? ''}`, element: <SearchView /> };
  }
  return { title: 'Not found', element: <NotFound /> };
}

function NotFound() {
  return (
    <>
      <h1>Not found</h1>
      <p>
        This page has no such view. <a href="#/">To the fleet</a>
      </p>
    </>
  );
}

const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
