import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RulePath, ScrubRule } from '../../agent/scrub/rules/rule.ts';
import { format } from 'prettier';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { ownRuleSection, ownRulesSection } from '../../agent/scrub/rules/own-keys.ts';
import { placeText } from '../../agent/scrub/rules/place-text.ts';
import { chapter } from './section-reference.ts';
import { schemaOf } from './section-schema.ts';

const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs');
const ownSections = [ownRulesSection, ownRuleSection];

function place(path: RulePath): string {
  const { place: where, notes } = placeText(path);
  const escaped = notes.map((note) => note.replaceAll('|', '\\|'));
  return `\`${where}\`${escaped.length === 0 ? '' : ` (${escaped.join('; ')})`}`;
}

function row(rule: ScrubRule): string {
  const cells = [
    `\`${rule.id}\``,
    rule.what,
    `${rule.reason}: ${rule.why}`,
    rule.paths.map(place).join('<br>'),
    rule.appliesTo,
    rule.stopFirst.map((unit) => `\`${unit}\``).join('<br>'),
    `${rule.regeneratedBy}${rule.isRewritten === true ? ' ¹' : ''}${rule.isHealed === true ? ' ²' : ''}${rule.isMadeAtBoot === true ? ' ³' : ''}`,
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
from the tables in \`agent/scrub/rules\` by \`npm run generate\`.

\`~\` is every home: \`/root\`, the directories in \`/home\`, and those that \`/etc/passwd\` of the image names.

Entries are unlinked, a directory with all in it, and no symbolic link is followed out of the root. \`dir/*\` empties a
directory, \`dir/**\` removes the files at any depth and leaves directories and links. One file, \`/etc/machine-id\`, is
replaced by an empty one, or created empty.

Some files have settings beside their secrets, such as \`config.json\` with the name of a credential helper. What is known to
be a setting stays, everything else in them goes, and a file without secrets stays byte for byte.

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

The initramfs of every kernel is unpacked too (gzip, zstd, xz, lz4 and bzip2, microcode before it), and searched for the
NVMe host's id and the iSCSI initiator's name. A scrub cannot take them out of there: it refuses, names the file, and says how
to build the initramfs anew (check \`initramfs\`, for \`--keep\` too).

Last, the images of the manifest are looked for in Docker's own files, with their tags, records and layers, and the disk that has
them is compared with that of the root. A scrub refuses, and \`verify\` fails, naming each image that a clone would not have (check
\`images\`, for \`--keep\` too). A bake with \`--data-disk-imaged\` says that the machine image has Docker's own disk as well.

## Docker and Parbake

${table('docker')}

## The machine

\`--docker-only\` leaves these out.

${table('machine')}

¹ Running services write it again until the power is off: what is newer than the scrub is listed by \`verify\` and does not
break the seal.

² Dropped also at boot, before Docker starts, when the disk is a copy of another machine's that was not scrubbed
(\`parbake-agent first-boot\`, which a unit of the package runs).

³ What is newer than the boot of a clone is the clone's own. What was written after the seal and before that boot is on the
image, and breaks the seal.

## Rules of your own

Put YAML files into \`/etc/parbake/scrub.d\` of the image. Their rules come before the built-in ones, and count like them: \`scrub
--list-rules\` and the dry run show them, \`--keep\` leaves them out, the seal names what they removed, and \`verify\` checks
them on the image and on every clone. \`--docker-only\` does not leave them out. Every mistake is reported with file, line and
column before anything is removed. Editors check the files with [scrub-rules.schema.json](scrub-rules.schema.json).

\`\`\`yaml
rules:
  acme-agent:
    paths: [/var/lib/acme/*, ~/.acme/token]
    reason: uniqueness
    why: clones would report as one host
    stop: [acme-agent.service]
  acme-license:
    paths: [/etc/acme/agent.conf]
    reason: secret
    action: remove-lines
    check: '^license_key:'
\`\`\`

${ownSections.map((section) => chapter(section).replace('## ', '### ')).join('\n')}
## Not removed, by design

File systems keep their UUIDs (boot loaders and fstab name them), and encrypted disks their keys: an encrypted disk must
not be cloned at all.

## Free blocks

A deleted file can be read from the free blocks of a disk until they are written again. As its last step, \`scrub\` discards the
free blocks of the image's file systems (\`fstrim\`), on a running builder and below \`--root\` where a whole file system is mounted
there. Every template ends with that scrub. Where a disk takes no discards, it warns, and the image is sealed all the same:

- **EBS** takes none: \`fstrim\` on an EBS volume fails or does nothing, and a snapshot has every block that was ever written. Filling
  the disk with zeros makes the snapshot larger and does not help where a file system keeps old blocks in reserve. Copy the
  files to a new volume instead, for instance with Packer's \`amazon-ebssurrogate\`: scrub, \`rsync -aHAXSx\` the root to a fresh
  volume, and make the AMI from that. Or keep secrets off the disk from the beginning: pull with credentials in memory, and put
  what is secret into a tmpfs.
- **Disk images** (qcow2, raw): attach the disk with \`discard=unmap\`, or run \`zerofree\` on the unmounted file system.

\`verify --secrets FILE --image DISK\` searches every byte of a raw image for secrets that you name, and says how many of them can
still be read, with the first place of each and the number of copies.
`;

const schema = schemaOf({
  id: 'urn:parbake:scrub-rules:v1',
  title: 'Scrub rules of Parbake',
  root: ownRulesSection,
  sections: ownSections,
  hasVariables: false,
});
const files = {
  'scrub.md': text,
  'scrub-rules.schema.json': await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 }),
};
for (const [name, content] of Object.entries(files)) {
  const file = join(docs, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`docs/${name} differs from the rules in agent/scrub (run "npm run generate")`);
    process.exitCode = 1;
  }
}
