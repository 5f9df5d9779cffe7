import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { previewSection, previewSections } from '../../proto/preview/preview-keys.ts';
import { repositoriesSection, repositorySections } from '../../proto/preview/repository-keys.ts';
import { chapter } from './section-reference.ts';
import { schemaOf } from './section-schema.ts';

// Writes docs/preview-file.md and two schemas from the readers' own tables, or with --check compares them.

const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs');

const text = `# Preview files

The complete reference of two files; what a preview is and does is in [previews.md](previews.md). This page and the schemas for editors,
[preview.schema.json](preview.schema.json) and [repositories.schema.json](repositories.schema.json), are made from the readers' own
declaration of their keys (\`proto/preview\`) by \`npm run generate\`.

- Every mistake is reported at once, with line and column. An unknown key is a mistake.
- A **duration** is a number of seconds (\`90\`) or has units (\`1m30s\`). A **name** is a DNS label.

The preview file belongs to the repository: \`parbake.preview.yaml\` in its default branch. In its texts these stand for what they say:
\`\${branch}\`, \`\${sha}\`, \`\${short_sha}\`, \`\${label}\` (the branch's part of host names), \`\${repository}\`,
\`\${number}\` (of the pull request) and \`\${url}\` (of the host without a name). \`$$\` is a dollar sign.

${previewSections.map(chapter).join('\n')}
# The file of repositories

It belongs to the operator, and \`serve --repositories\` reads it. Paths in it are relative to it. \`\${NAME}\` stands for a variable of
the environment.

${repositorySections.map(chapter).join('\n')}`;

const schema = async (declared: Pick<Parameters<typeof schemaOf>[0], 'id' | 'title' | 'root' | 'sections'>) =>
  await format(JSON.stringify(schemaOf({ ...declared, hasVariables: true })), {
    parser: 'json',
    printWidth: 110,
  });

const files = {
  'preview-file.md': text,
  'preview.schema.json': await schema({
    id: 'urn:parbake:preview:v1',
    title: 'Preview of Parbake',
    root: previewSection,
    sections: previewSections,
  }),
  'repositories.schema.json': await schema({
    id: 'urn:parbake:repositories:v1',
    title: 'Repositories of Parbake',
    root: repositoriesSection,
    sections: repositorySections,
  }),
};
for (const [name, content] of Object.entries(files)) {
  const file = join(docs, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`docs/${name} differs from proto/preview (run "npm run generate")`);
    process.exitCode = 1;
  }
}
