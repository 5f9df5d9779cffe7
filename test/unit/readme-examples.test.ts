import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project } from '../support/documents.ts';

/** A page, and the file that it shows. */
const shown = [
  ['packaging/ansible/README.md', 'packaging/ansible/bake.yml'],
  ['packaging/packer/README.md', 'packaging/packer/example.pkrvars.hcl'],
  ['packaging/cloud-init/README.md', 'packaging/cloud-init/clean.d/50-parbake'],
  ['docs/quickstart-bake.md', 'packaging/cloud-init/user-data.yaml'],
  ['docs/quickstart-bake.md', 'packaging/ec2/launch-template.json'],
  ['docs/quickstart-bake.md', 'packaging/cloud-init/user-data-join-token.yaml'],
] as const;

/** A file's path in a comment, and the block of code below it. */
function examplesIn(page: string): { file: string; text: string }[] {
  const text = readFileSync(join(project, page), 'utf8');
  return [...text.matchAll(/^<!-- (\S+) -->\n```\w*\n(.*?)^```$/gms)].map((match) => ({
    file: match[1] ?? '',
    text: match[2] ?? '',
  }));
}

describe('the examples of the documents', () => {
  test.each(shown)('%s shows %s as the tests run it', (page, file) => {
    const example = examplesIn(page).find((one) => one.file === file);
    expect(example?.text).toBe(readFileSync(join(project, file), 'utf8'));
  });
});

test('SECURITY.md names tests that there are', () => {
  const text = readFileSync(join(project, 'SECURITY.md'), 'utf8');
  const named = [...text.matchAll(/`((?:unit|integration|e2e)\/[\w-]+)(\*?)`/g)];
  const missing = named.filter(([, path = '', star]) => {
    const files = readdirSync(join(project, 'test', dirname(path)));
    const name = path.slice(path.indexOf('/') + 1);
    return !files.some((file) => (star === '*' ? file.startsWith(name) : file === `${name}.test.ts`));
  });
  expect(named.length).toBeGreaterThan(40);
  expect(missing.map(([reference]) => reference)).toEqual([]);
});
