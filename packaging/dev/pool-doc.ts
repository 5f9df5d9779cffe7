import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { poolSection, poolSections } from '../../proto/pool/pool-keys.ts';
import { chapter } from './section-reference.ts';
import { schemaOf } from './section-schema.ts';

// Writes docs/pool-file.md and docs/pool.schema.json from the reader's own tables, or with --check compares them.

const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs');

const text = `# Pool file

The complete reference of the file that \`parbake pools apply\` reads; what a pool does is in [pools.md](pools.md). This page and
the schema for editors, [pool.schema.json](pool.schema.json), are made from the reader's own declaration of its keys
(\`proto/pool/pool-keys.ts\`) by \`npm run generate\`.

- Every mistake is reported at once, with line and column, before anything is changed. An unknown key is a mistake.
- \`\${NAME}\` stands for a variable of the environment, and \`$$\` is a dollar sign.
- A **duration** is a number of seconds (\`90\`) or has units (\`1m30s\`). A **name** is a DNS label.

${poolSections.map(chapter).join('\n')}`;

const schema = await format(
  JSON.stringify(
    schemaOf({
      id: 'urn:parbake:pool:v1',
      title: 'Pool of Parbake',
      root: poolSection,
      sections: poolSections,
      hasVariables: true,
    }),
  ),
  { parser: 'json', printWidth: 110 },
);
for (const [name, content] of Object.entries({ 'pool-file.md': text, 'pool.schema.json': schema })) {
  const file = join(docs, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`docs/${name} differs from proto/pool/pool-keys.ts (run "npm run generate")`);
    process.exitCode = 1;
  }
}
