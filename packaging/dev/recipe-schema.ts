import { defined } from '../../proto/errors/defined.ts';
import { recipeSection, sections } from '../../proto/recipe/keys.ts';
import type { Key, Section, Value } from '../../proto/recipe/value.ts';

type Schema = Record<string, unknown>;

/** A text that has a variable is judged when the recipe is read, and so is a doubled dollar sign. */
const substituted = String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$\$`;

/** The JSON Schema of a recipe, from the reader's own declaration of its keys. */
export function recipeSchema(): Schema {
  const { name: root } = recipeSection;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:parbake:recipe:v1',
    title: 'Recipe of Parbake',
    ...sectionSchema(recipeSection),
    $defs: Object.fromEntries(
      sections.filter(({ name }) => name !== root).map((section) => [section.name, sectionSchema(section)]),
    ),
  };
}

function sectionSchema({ keys, exactlyOne, takesExtensions }: Section): Schema {
  const properties = Object.entries(keys).map(([name, key]) => [name, keySchema(key)] as const);
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

function keySchema({ value, meaning }: Key): Schema {
  return { description: meaning, ...valueSchema(value) };
}

function valueSchema(value: Value): Schema {
  switch (value.kind) {
    case 'text': {
      const { pattern, numbers, booleans } = value;
      if (pattern === undefined) return { type: ['string', 'number'] };
      const forms: Schema[] = [{ type: 'string', pattern: `(?:${pattern.source})|${substituted}` }];
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
        items: valueSchema(value.of),
        ...defined({ minItems: value.minItems }),
      };
    case 'section':
      return { $ref: `#/$defs/${value.section.name}` };
    case 'entries':
      return {
        type: 'object',
        propertyNames: defined({ pattern: value.name.pattern?.source }),
        additionalProperties: valueSchema(value.of),
      };
    case 'either':
      return {
        anyOf: [value.text, value.list, value.mapping].flatMap((each) =>
          each === undefined ? [] : [valueSchema(each)],
        ),
      };
  }
}
