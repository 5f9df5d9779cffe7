import { useEffect, useRef, useState } from 'preact/hooks';
import { reasonOf } from '../../../proto/errors/cause.ts';

/** What an address last answered, and what went wrong since; asks again by itself. */
export interface Asked<T> {
  answer: T | undefined;
  problem: string;
  again: () => void;
}

async function fetchJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal });
  const body = (await response.json()) as T & { code?: string; message?: string };
  if (!response.ok)
    throw new Error(`${body.message ?? response.statusText} [${body.code ?? response.status}]`);
  return body;
}

/**
 * Asks the coordinator now, on every change that it tells, and every so often; what was answered stays until something
 * newer is there.
 * @param concerns which changes matter; all when absent
 */
export function useAsked<T>(
  path: string,
  everyMs: number,
  concerns?: (instanceId: string) => boolean,
): Asked<T> {
  const [answer, setAnswer] = useState<T>();
  const [problem, setProblem] = useState('');
  const [turn, setTurn] = useState(0);
  const shown = useRef(path);
  useEffect(() => {
    const stop = new AbortController();
    if (shown.current !== path) setAnswer(undefined);
    shown.current = path;
    fetchJson<T>(path, stop.signal).then(
      (value) => {
        setAnswer(value);
        setProblem('');
      },
      (cause: unknown) => {
        if (!stop.signal.aborted) setProblem(reasonOf(cause));
      },
    );
    const timer = setTimeout(() => setTurn(turn + 1), everyMs);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [path, turn]);
  useEffect(
    () =>
      onChange((changed) => {
        if (concerns === undefined || changed === 'all' || changed.some(concerns))
          setTurn((last) => last + 1);
      }),
    [path],
  );
  return { answer, problem, again: () => setTurn(turn + 1) };
}

type Listener = (changed: 'all' | readonly string[]) => void;
const listeners = new Set<Listener>();
const connectionListeners = new Set<(isLive: boolean) => void>();
let source: EventSource | undefined;
/** Milliseconds: a pool that boots changes faster than anybody reads. */
const together = 500;
let waiting: Set<string> | 'all' | undefined;

function onChange(listener: Listener): () => void {
  connect();
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Whether changes are told; the browser connects again by itself. */
export function useLive(): boolean {
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    connect();
    setLive(source?.readyState === EventSource.OPEN);
    connectionListeners.add(setLive);
    return () => void connectionListeners.delete(setLive);
  }, []);
  return isLive;
}

function connect(): void {
  if (source !== undefined) return;
  source = new EventSource('/api/v1/events');
  source.addEventListener('open', () => {
    for (const tell of connectionListeners) tell(true);
    // What happened while nobody listened.
    note('all');
  });
  source.addEventListener('error', () => {
    for (const tell of connectionListeners) tell(false);
  });
  source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
    const told = JSON.parse(data) as { all?: boolean; instances?: string[] };
    note(told.all === true ? 'all' : (told.instances ?? []));
  });
}

function note(changed: 'all' | readonly string[]): void {
  if (waiting === undefined) setTimeout(tell, together);
  if (changed === 'all' || waiting === 'all') waiting = 'all';
  else waiting = new Set([...(waiting ?? []), ...changed]);
}

function tell(): void {
  const changed = waiting === 'all' || waiting === undefined ? 'all' : [...waiting];
  waiting = undefined;
  for (const listener of listeners) listener(changed);
}
