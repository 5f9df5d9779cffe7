import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The JSON documents that a page of docs/ shows, in their order. */
export function documentsIn(page: string): unknown[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']): unknown => JSON.parse(json));
}
