import { useEffect, useState } from 'preact/hooks';

/** Whose time is shown. */
export type Zone = 'local' | 'UTC';

const key = 'parbake-zone';
const followers = new Set<(zone: Zone) => void>();

/** A browser may keep nothing; then the choice lasts as long as the page. */
let zone: Zone = kept();

function kept(): Zone {
  try {
    return localStorage.getItem(key) === 'local' ? 'local' : 'UTC';
  } catch {
    return 'UTC';
  }
}

export function chooseZone(chosen: Zone): void {
  zone = chosen;
  try {
    localStorage.setItem(key, chosen);
  } catch {
    // Not kept.
  }
  for (const tell of followers) tell(chosen);
}

export function useZone(): Zone {
  const [shown, show] = useState(zone);
  useEffect(() => {
    followers.add(show);
    return () => void followers.delete(show);
  }, []);
  return shown;
}

/** A moment as date and time, to the millisecond. @param ms since the epoch */
export function dateTime(ms: number, of: Zone): string {
  return iso(ms, of).replace('T', ' ');
}

/** The time of day, to the millisecond. */
export function timeOfDay(ms: number, of: Zone): string {
  return iso(ms, of).slice(11);
}

function iso(ms: number, of: Zone): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '–';
  const shift = of === 'UTC' ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - shift).toISOString().slice(0, 23);
}

/** Seconds since, drawn again each second while somebody looks. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
