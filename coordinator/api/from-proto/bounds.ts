import { printable } from './parts.ts';

/** Characters of any one text that an agent reports. */
const maxText = 2_000;
/** Entries of one list or map, such as the layers of an image or the attributes of a span. */
const maxEntries = 512;
/** Characters of the name of an entry. */
const maxName = 128;

/**
 * Bounds what an agent reported and nobody looks into before it is stored: texts and names are cut and made printable,
 * lists and maps are cut.
 */
export function boundedItem<T>(item: T): T {
  return boundedValue(item) as T;
}

function boundedValue(value: unknown): unknown {
  if (typeof value === 'string') return printable(value, maxText);
  if (Array.isArray(value)) return value.slice(0, maxEntries).map(boundedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxEntries)
      .map(([name, each]) => [printable(name, maxName), boundedValue(each)]),
  );
}
