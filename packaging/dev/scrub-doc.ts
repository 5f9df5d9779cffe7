import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scrubRules, type RulePath } from '../../agent/scrub/rules.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), '../../docs/scrub.md');
const bases = { root: '', 'data-root': '<data-root>/', 'exec-root': '<exec-root>/' };
const place = ({ below, path, clean }: RulePath): string =>
  `\`${bases[below]}${path}${clean === 'children' ? '/*' : ''}\``;
const rows = scrubRules.map(
  ({ id, what, reason, why, regeneratedBy, paths, consent }) =>
    `| \`${id}\` | ${what} | ${reason}: ${why} | ${paths.map(place).join(' ')} | ${regeneratedBy} | ${consent === undefined ? '' : `\`${consent.option}\``} |`,
);
const text = `# What a scrub removes

Rules in the order of removal. \`scrub --dry-run\` shows what they find on a machine, \`verify\` checks each of them again.
Images stay. This page is made from \`agent/scrub/rules.ts\` by \`npm run generate\`.

| rule | what | why | where | made anew by | has to be agreed to by |
|---|---|---|---|---|---|
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/scrub.md differs from agent/scrub/rules.ts (run "npm run generate")');
  process.exitCode = 1;
}
