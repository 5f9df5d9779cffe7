import { useEffect, useRef, useState } from 'preact/hooks';

/** What an address last answered, and what went wrong since. */
export interface Asked<T> {
  answer: T | undefined;
  /** When it was answered, in milliseconds since the epoch; 0 before the first answer. */
  at: number;
  /** Why there is nothing newer; empty when there is not. */
  problem: string;
  /** The code of an error that the coordinator answered; empty when it did not answer. */
  code: string;
}

/** What the coordinator answered instead. */
class Refusal extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

async function fetchJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal });
  const body = (await response.json()) as T & { code?: string; message?: string };
  if (!response.ok) throw new Refusal(body.message ?? response.statusText, body.code ?? `${response.status}`);
  return body;
}

const unasked = { answer: undefined, at: 0, problem: '', code: '' };

/**
 * Asks the coordinator now, on every change that it tells, and every so often. An answer stays until there is a newer one.
 * @param path where it is asked; empty for not at all
 * @param concerns which changes matter; all when absent
 */
export function useAsked<T>(
  path: string,
  everyMs: number,
  concerns?: (instanceId: string) => boolean,
): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>(unasked);
  const [turn, setTurn] = useState(0);
  const shown = useRef(path);
  useEffect(() => {
    const stop = new AbortController();
    if (shown.current !== path) setAsked(unasked);
    shown.current = path;
    if (path === '') return undefined;
    fetchJson<T>(path, stop.signal).then(
      (answer) => setAsked({ answer, at: Date.now(), problem: '', code: '' }),
      (cause: unknown) => {
        if (stop.signal.aborted) return;
        const [problem, code] =
          cause instanceof Refusal ? [cause.message, cause.code] : ['The coordinator does not answer.', ''];
        setAsked((last) => ({ ...last, problem, code }));
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
  return asked;
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
    // The browser tries again every few seconds; each time, what is shown is asked for as well.
    note('all');
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
