import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

/**
 * The block of a quick start, as its page gives it.
 * @param given what stands on the page for something of the reader's own, and what it is in a test
 * @throws Error when the page has no such block, or does not say what would be replaced
 */
export function quickStart(
  page: 'bake' | 'fleet',
  name: string,
  given: Readonly<Record<string, string>> = {},
): string {
  const text = readFileSync(join(docs, `quickstart-${page}.md`), 'utf8');
  const pattern = new RegExp(`^<!-- quick start: ${name} -->\\n\`\`\`\\w+\\n(.*?)^\`\`\`$`, 'ms');
  let block = pattern.exec(text)?.[1];
  if (block === undefined) throw new Error(`docs/quickstart-${page}.md has no block "${name}"`);
  for (const [example, own] of Object.entries(given)) {
    if (!block.includes(example)) throw new Error(`"${name}" of docs/quickstart-${page}.md lacks ${example}`);
    block = block.replaceAll(example, own);
  }
  return block;
}
