/** A JSON Schema, as far as `violations` reads it. */
type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(['$schema', '$id', '$defs', 'title', 'description']);

/**
 * Checks a value against a schema (draft 2020-12), by the keywords that schemas here use. A keyword that is not known is an
 * error, so that no schema can promise what nobody checks.
 * @returns one line for each violation; none when the value is valid
 */
export function violations(value: unknown, schema: Schema, root: Schema = schema, at = '$'): string[] {
  const found: string[] = [];
  const fail = (what: string): void => void found.push(`${at} ${what}`);
  const object = isObject(value) ? value : undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : undefined;
  for (const [keyword, wanted] of Object.entries(schema)) {
    switch (keyword) {
      case '$ref':
        found.push(...violations(value, definition(root, String(wanted)), root, at));
        break;
      case 'type':
        if (!isOfType(value, String(wanted))) fail(`is no ${String(wanted)}`);
        break;
      case 'const':
        if (value !== wanted) fail(`is not ${String(wanted)}`);
        break;
      case 'enum':
        if (!(wanted as unknown[]).includes(value)) fail(`is none of ${String(wanted)}`);
        break;
      case 'pattern':
        if (typeof value === 'string' && !new RegExp(String(wanted), 'u').test(value))
          fail(`is not like ${String(wanted)}`);
        break;
      case 'format':
        if (typeof value === 'string' && Number.isNaN(Date.parse(value))) fail('is no time');
        break;
      case 'minimum':
        if (typeof value === 'number' && value < Number(wanted)) fail(`is below ${String(wanted)}`);
        break;
      case 'maximum':
        if (typeof value === 'number' && value > Number(wanted)) fail(`is above ${String(wanted)}`);
        break;
      case 'minItems':
        if (list !== undefined && list.length < Number(wanted))
          fail(`has fewer than ${String(wanted)} items`);
        break;
      case 'items':
        for (const [index, item] of (list ?? []).entries())
          found.push(...violations(item, wanted as Schema, root, `${at}[${index}]`));
        break;
      case 'required':
        for (const key of wanted as string[])
          if (object !== undefined && !Object.hasOwn(object, key)) fail(`lacks ${key}`);
        break;
      case 'properties':
        for (const [key, of] of Object.entries(wanted as Record<string, Schema>))
          if (object !== undefined && Object.hasOwn(object, key))
            found.push(...violations(object[key], of, root, `${at}.${key}`));
        break;
      case 'additionalProperties':
        for (const key of Object.keys(object ?? {}))
          if (!Object.hasOwn(schema['properties'] as object, key)) fail(`has an unknown ${key}`);
        break;
      case 'oneOf': {
        const fitting = (wanted as Schema[]).filter((one) => violations(value, one, root, at).length === 0);
        if (fitting.length !== 1)
          fail(`fits ${fitting.length} of ${(wanted as Schema[]).length} alternatives`);
        break;
      }
      default:
        if (!annotations.has(keyword))
          throw new Error(`the schema uses ${keyword}, which is not checked here`);
    }
  }
  return found;
}

function definition(root: Schema, ref: string): Schema {
  const name = /^#\/\$defs\/(\w+)$/.exec(ref)?.[1] ?? '';
  const found = (root['$defs'] as Record<string, Schema>)[name];
  if (found === undefined) throw new Error(`the schema has no ${ref}`);
  return found;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      throw new Error(`the schema has type ${type}, which is not checked here`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
