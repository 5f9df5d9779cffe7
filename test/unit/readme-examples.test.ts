import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
const readme = readFileSync(join(project, 'README.md'), 'utf8');

/** A file's path in a comment, and the block of code below it. */
const examples = [...readme.matchAll(/^<!-- (\S+) -->\n```\w*\n(.*?)^```$/gms)].map((match) => ({
  file: match[1] ?? '',
  text: match[2],
}));

describe("the README's examples", () => {
  test('are there', () => {
    expect(examples.map(({ file }) => file)).toEqual([
      'packaging/ansible/bake.yml',
      'packaging/packer/example.pkrvars.hcl',
      'packaging/cloud-init/clean.d/50-parbake',
    ]);
  });

  test.each(examples)('$file is what the tests run', ({ file, text }) => {
    expect(text).toBe(readFileSync(join(project, file), 'utf8'));
  });
});
