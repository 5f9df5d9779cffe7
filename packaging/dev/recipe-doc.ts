import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { recipeSection, sections } from '../../proto/recipe/keys.ts';
import type { Key, Section, Value } from '../../proto/recipe/value.ts';
import { recipeSchema } from './recipe-schema.ts';

const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs');

function typeOf(value: Value): string {
  switch (value.kind) {
    case 'text':
      return value.type;
    case 'integer':
      return `whole number, ${value.min} to ${value.max}`;
    case 'boolean':
      return '`true` or `false`';
    case 'list':
      return `list: ${typeOf(value.of)}`;
    case 'section':
      return `mapping: [${value.section.name}](#${value.section.name})`;
    case 'entries':
      return `mapping: ${value.name.type} to ${typeOf(value.of)}`;
    case 'either':
      return [value.text, value.list, value.mapping]
        .flatMap((each) => (each === undefined ? [] : [typeOf(each)]))
        .join(', or ');
  }
}

function row([name, { value, required, default: usual, meaning, example }]: [string, Key]): string {
  const standing = required === true ? '**required**' : (usual ?? '');
  return `| \`${name}\` | ${typeOf(value)} | ${standing} | ${meaning} | \`${example}\` |`.replaceAll(
    '||',
    '\\|\\|',
  );
}

function chapter({ name, keys, exactlyOne, hints }: Section): string {
  const one =
    exactlyOne === undefined
      ? ''
      : `\nExactly one of ${exactlyOne.map((key) => `\`${key}\``).join(', ')} is required.\n`;
  const others = Object.entries(hints ?? {}).map(([key, hint]) => `| \`${key}\` | ${hint} |`);
  const compose =
    others.length === 0
      ? ''
      : `\nKeys of other formats that are refused here, and what to write instead:\n\n| key | instead |\n|---|---|\n${others.join('\n')}\n`;
  return `## ${name}
${one}
| key | type | default | meaning | example |
|---|---|---|---|---|
${Object.entries(keys).map(row).join('\n')}
${compose}`;
}

const text = `# Recipe

The complete reference of \`parbake.yaml\`. \`parbake-agent bake\` and \`parbake roles apply\` read it with the same reader; this
page and the schema for editors, [recipe.schema.json](recipe.schema.json), are made from the reader's own declaration of its
keys (\`proto/recipe/keys.ts\`) by \`npm run generate\`.

An editor with the YAML language server completes and checks a recipe that begins with this line (a path, or where you
serve the schema):

\`\`\`yaml
# yaml-language-server: $schema=./recipe.schema.json
\`\`\`

- Every mistake is reported at once, with line and column, before anything is pulled. An unknown key is a mistake.
- \`\${NAME}\` stands for a variable, in any text, number or truth value: from \`--var NAME=VALUE\`, else from the environment. \`$$\` is a
  dollar sign. A variable without a value is a mistake, and so is a \`--var\` that the recipe does not use.
- Anchors, aliases and \`<<\` work as in Compose. Keys of the recipe itself that begin with \`x-\` are ignored, so they can hold anchors.
- A **duration** is a number of seconds (\`90\`) or has units, as in Compose (\`1m30s\`). A **name** is a DNS label: 1 to 63 lower-case
  letters, digits and hyphens, none at either end. A **variable** is letters, digits and underscores, and does not begin with
  \`PARBAKE_\`, which Parbake sets itself.
- The schema checks the form of each value. Whether the parts fit together (an image is listed, a port is published once, \`after\`
  names a container) is checked by the reader alone.

${[recipeSection, ...sections.filter((section) => section !== recipeSection)].map(chapter).join('\n')}`;

const schema = await format(JSON.stringify(recipeSchema()), { parser: 'json', printWidth: 110 });
const files = { 'recipe.md': text, 'recipe.schema.json': schema };
for (const [name, content] of Object.entries(files)) {
  const file = join(docs, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`docs/${name} differs from proto/recipe/keys.ts (run "npm run generate")`);
    process.exitCode = 1;
  }
}
