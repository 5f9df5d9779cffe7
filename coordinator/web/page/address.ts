import { useEffect, useState } from 'preact/hooks';

/** Where the page is: `#/instances/i-1?look=0-50`. Every view has an address, so that it can be sent to somebody. */
export interface Address {
  parts: readonly string[];
  query: URLSearchParams;
}

export function addressOf(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { parts: path.split('/').map(decoded), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Somebody typed it; nothing is found there.
    return part;
  }
}

/** @param query what is empty is left out */
export function linkTo(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== '');
  const tail = set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
  return `#/${parts.map(encodeURIComponent).join('/')}${tail}`;
}

/** Where the page is, drawn again with each move. */
export function useAddress(): Address {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return addressOf(hash);
}

/**
 * Changes what is set in the address; an empty value is taken out.
 * @param isStep whether Back returns to what was there; a zoom or a letter of a filter is not worth one
 */
export function change(changes: Readonly<Record<string, string>>, isStep = false): void {
  const { parts, query } = addressOf(location.hash);
  const next = linkTo(parts, { ...Object.fromEntries(query), ...changes });
  if (next === location.hash) return;
  if (isStep) location.hash = next;
  else {
    history.replaceState(null, '', next);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}
