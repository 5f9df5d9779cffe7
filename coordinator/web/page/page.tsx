import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { useLive } from './ask.ts';
import { Compare } from './compare.tsx';
import { Fleet } from './fleet.tsx';
import { InstanceView } from './instance.tsx';

function Page() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => {
      setHash(location.hash);
      document.querySelector<HTMLElement>('main')?.focus();
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const isLive = useLive();
  const parts = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return (
    <>
      <header>
        <a class="brand" href="#/">
          Parbake
        </a>
        <span class={isLive ? 'live' : 'live off'} role="status">
          {isLive ? 'live' : 'connecting…'}
        </span>
      </header>
      <main tabIndex={-1}>{view(parts)}</main>
    </>
  );
}

function view([name = '', a = '', b = '']: string[]) {
  if (name === 'instances' && a !== '') return <InstanceView key={a} instanceId={a} />;
  if (name === 'compare' && a !== '' && b !== '') return <Compare key={`${a}/${b}`} a={a} b={b} />;
  return <Fleet />;
}

const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
