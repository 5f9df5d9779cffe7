import { defined } from '../../proto/errors/defined.ts';
import type { Key, Section, Value } from '../../proto/recipe/value.ts';

type Schema = Record<string, unknown>;

/** A text that has a variable is judged when the recipe is read, and so is a doubled dollar sign. */
const substituted = String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$\$`;

/** The sections of a YAML file, as its reader declares them. */
interface Declaration {
  id: string;
  title: string;
  root: Section;
  sections: readonly Section[];
  /** Whether a text may have variables. */
  hasVariables: boolean;
}

/** The JSON Schema of a YAML file, from its reader's own declaration of the keys. */
export function schemaOf({ id, title, root, sections, hasVariables }: Declaration): Schema {
  const others = sections.filter(({ name }) => name !== root.name);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title,
    ...sectionSchema(root, hasVariables),
    $defs: Object.fromEntries(others.map((one) => [one.name, sectionSchema(one, hasVariables)])),
  };
}

function sectionSchema({ keys, exactlyOne, takesExtensions }: Section, hasVariables: boolean): Schema {
  const properties = Object.entries(keys).map(([name, key]) => [name, keySchema(key, hasVariables)] as const);
  const required = Object.entries(keys).flatMap(([name, key]) => (key.required === true ? [name] : []));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(takesExtensions === true ? { patternProperties: { '^x-': {} } } : {}),
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...defined({ oneOf: exactlyOne?.map((name) => ({ required: [name] })) }),
  };
}

function keySchema({ value, meaning }: Key, hasVariables: boolean): Schema {
  return { description: meaning, ...valueSchema(value, hasVariables) };
}

function valueSchema(value: Value, hasVariables: boolean): Schema {
  switch (value.kind) {
    case 'text': {
      const { pattern, numbers, booleans } = value;
      if (pattern === undefined) return { type: ['string', 'number'] };
      const forms: Schema[] = [
        { type: 'string', pattern: hasVariables ? `(?:${pattern.source})|${substituted}` : pattern.source },
      ];
      if (booleans === true) forms.push({ type: 'boolean' });
      if (numbers !== undefined)
        forms.push({
          type: numbers.fractions === true ? 'number' : 'integer',
          minimum: numbers.min,
          maximum: numbers.max,
        });
      // A number is read as its digits.
      else if (pattern.test('7')) forms.push({ type: 'number', minimum: 0 });
      const [only, ...others] = forms;
      return only !== undefined && others.length === 0 ? only : { anyOf: forms };
    }
    case 'integer':
      return {
        anyOf: [
          { type: 'integer', minimum: value.min, maximum: value.max },
          { type: 'string', pattern: substituted },
        ],
      };
    case 'boolean':
      return { anyOf: [{ type: 'boolean' }, { type: 'string', pattern: substituted }] };
    case 'list':
      return {
        type: 'array',
        items: valueSchema(value.of, hasVariables),
        ...defined({ minItems: value.minItems }),
      };
    case 'section':
      return { $ref: `#/$defs/${value.section.name}` };
    case 'entries':
      return {
        type: 'object',
        propertyNames: defined({ pattern: value.name.pattern?.source }),
        additionalProperties: valueSchema(value.of, hasVariables),
      };
    case 'either':
      return {
        anyOf: [value.text, value.list, value.mapping].flatMap((each) =>
          each === undefined ? [] : [valueSchema(each, hasVariables)],
        ),
      };
  }
}
