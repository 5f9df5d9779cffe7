import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RulePath, ScrubRule } from '../../agent/scrub/rules/rule.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), '../../docs/scrub.md');
const bases = { root: '', home: '~/', 'data-root': '<data-root>/', 'exec-root': '<exec-root>/' };
const endings = { entry: '', children: '/*', files: '/**', emptied: ' (emptied)' };
const kinds = { directories: 'directories', files: 'files, not links', ids: 'directories named by an id' };

function place({ below, path, clean, only }: RulePath): string {
  return `\`${bases[below]}${path}${endings[clean]}\`${only === undefined ? '' : ` (${kinds[only]})`}`;
}

function row(rule: ScrubRule): string {
  const cells = [
    `\`${rule.id}\``,
    rule.what,
    `${rule.reason}: ${rule.why}`,
    rule.paths.map(place).join('<br>'),
    rule.appliesTo,
    rule.stopFirst.map((unit) => `\`${unit}\``).join('<br>'),
    `${rule.regeneratedBy}${rule.isRewritten === true ? ' ¹' : ''}${rule.isHealed === true ? ' ²' : ''}`,
    rule.consent === undefined ? '' : `\`${rule.consent.option}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(scope: ScrubRule['scope']): string {
  const rows = scrubRules.filter((rule) => rule.scope === scope).map(row);
  return `| rule | what | why | where | found on | stopped first | made anew by | has to be agreed to by |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}`;
}

const text = `# What a scrub removes

${scrubRules.length} rules in the order of removal. \`scrub --dry-run\` shows what they find on a machine, \`verify\` checks
each of them again, and \`npm run proof\` shows on real engines that each of them is needed. Images stay. This page is made
from \`agent/scrub/rules/docker.ts\` and \`agent/scrub/rules/machine.ts\` by \`npm run generate\`.

\`~\` is every home: \`/root\`, the directories in \`/home\`, and those that \`/etc/passwd\` of the image names.

Entries are unlinked, a directory with all in it, and no symbolic link is followed out of the root. \`dir/*\` empties a
directory, \`dir/**\` removes the files at any depth and leaves directories and links. One file, \`/etc/machine-id\`, is
replaced by an empty one, or created empty.

\`--keep RULE\` leaves a rule out, \`--keep RULE=WHY\` with a reason, as does \`/etc/parbake/scrub.yaml\` on the builder
(or \`--exceptions FILE\`):

\`\`\`yaml
keep:
  - package-caches
  - hostname: our own scheme
\`\`\`

The manifest's seal says which rules were kept, and why.

Then the scrub searches \`/etc\`, \`/opt\`, \`/srv\` and every home for what no list of paths can know: private keys in
every usual format, tokens by their prefixes, logins in the configurations of tools, stores of keys, URLs with a password.
It removes none of them. It refuses to seal while one is there, before anything is removed and again at the end, and
\`verify\` fails (rule \`secrets\`). Files over 1 MiB are searched in their first 64 KiB, programs are not, and no link is
followed. An exception names the file, or a directory with a slash at its end:

\`\`\`yaml
keep:
  - secret:/opt/app/test/fixture.key: a key of the tests
  - secret:/opt/vendor/
\`\`\`

## Docker and Parbake

${table('docker')}

## The machine

\`--docker-only\` leaves these out.

${table('machine')}

¹ Running services write it again until the power is off: what is newer than the scrub is listed by \`verify\` and does not
break the seal.

² Dropped also at boot, before Docker starts, when the disk is a copy of another machine's that was not scrubbed
(\`parbake-agent first-boot\`, which a unit of the package runs).

## Not removed, by design

File systems keep their UUIDs (boot loaders and fstab name them), and encrypted disks their keys: an encrypted disk must
not be cloned at all. Unlinked data stays in free blocks until they are written again: \`verify --image\` searches them for
secrets that you name.
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/scrub.md differs from the rules in agent/scrub (run "npm run generate")');
  process.exitCode = 1;
}
