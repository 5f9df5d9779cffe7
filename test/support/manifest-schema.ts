import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { violations } from './json-schema.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/manifest.schema.json'), 'utf8'),
) as Record<string, unknown>;

/** What of a manifest is not as docs/manifest.schema.json says. */
export function manifestViolations(manifest: unknown): string[] {
  return violations(manifest, schema);
}
