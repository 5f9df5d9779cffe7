import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/manifest.schema.json'), 'utf8'),
) as Record<string, unknown>;

// Strict: a keyword or format that nobody checks is an error.
const ajv = new Ajv2020({ allErrors: true, strict: true, formats: { 'date-time': isTime } });
const validate = ajv.compile(schema);

/** Where a manifest violates docs/manifest.schema.json; one line for each violation. */
export function manifestViolations(manifest: unknown): string[] {
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}
