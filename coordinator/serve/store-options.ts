import { ParbakeError } from '../../proto/errors/errors.ts';
import { withoutPassword } from '../store/postgres/address.ts';
import type { StorePlace } from '../store/threads/messages.ts';

export interface StoreOptions {
  place: StorePlace;
  /** The file of its keys; absent for a store that ends with this process. */
  key: string | undefined;
  /** The place as a log may have it. */
  shown: string;
}

/** @throws ParbakeError USAGE */
export function placeOf(store: string): StorePlace {
  const path = /^sqlite:(.+)$/.exec(store)?.[1];
  if (path !== undefined) return { kind: 'sqlite', path };
  if (/^postgres(ql)?:\/\//.test(store)) return { kind: 'postgres', url: store };
  throw new ParbakeError(
    'USAGE',
    `a store is sqlite:PATH or postgres://USER@HOST/DATABASE, not "${withoutPassword(store)}"`,
  );
}

/**
 * @param store the value of --store
 * @param key the value of --store-key
 * @throws ParbakeError USAGE
 */
export function storeOf(store: string, key: string | undefined): StoreOptions {
  const place = placeOf(store);
  const shown = withoutPassword(store);
  // A store in memory takes its key along.
  if (place.kind === 'sqlite')
    return { place, key: key ?? (place.path === ':memory:' ? undefined : `${place.path}.key`), shown };
  if (key === undefined)
    throw new ParbakeError(
      'USAGE',
      'a store in PostgreSQL needs --store-key FILE: whoever has the database must not have its keys',
    );
  return { place, key, shown };
}
