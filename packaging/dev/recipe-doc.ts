import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { recipeSection, sections } from '../../proto/recipe/keys.ts';
import { chapter } from './section-reference.ts';
import { schemaOf } from './section-schema.ts';

const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs');

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

const schema = await format(
  JSON.stringify(
    schemaOf({
      id: 'urn:parbake:recipe:v1',
      title: 'Recipe of Parbake',
      root: recipeSection,
      sections,
      hasVariables: true,
    }),
  ),
  { parser: 'json', printWidth: 110 },
);
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
