import { normalize } from 'node:path';
import { choice, dnsLabel, regularExpression } from '../../../proto/recipe/formats.ts';
import { declared, list, section } from '../../../proto/recipe/key-shapes.ts';
import type { TextValue } from '../../../proto/recipe/value.ts';

// Every key of a file in scrub.d. The reader, docs/scrub-rules.md and docs/scrub-rules.schema.json are made from these tables.

/** What a builder's own rules may not touch, as another rule's business or what the seal depends on. */
const protectedPaths = [
  ['/var/lib/docker', "Docker's data root, which has rules of its own"],
  ['/var/lib/containerd', "containerd's data, which has the images"],
  ['/usr/lib/parbake', 'what the bake wrote about the images'],
  ['/etc/parbake/scrub.d', 'the rules themselves'],
  ...['/proc', '/sys', '/dev', '/run'].map((path) => [path, 'not on the disk'] as const),
] as const;

/** A rule for all that is in one of them would leave no machine. */
const systemDirectories = [
  'bin',
  'boot',
  'etc',
  'home',
  'lib',
  'lib32',
  'lib64',
  'root',
  'sbin',
  'usr',
  'var',
];

const line: TextValue<string> = {
  kind: 'text',
  type: 'one line of text',
  pattern: /^\P{Cc}{1,512}$/u,
  parse: (given, key) =>
    /^\P{Cc}{1,512}$/u.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `${key} must be 1 to 512 characters on one line` },
};

const unit: TextValue<string> = {
  kind: 'text',
  type: 'unit of systemd',
  pattern: /^[A-Za-z0-9:_.@\\-]+\.(?:service|socket|timer|path|mount)$/,
  parse: (given) =>
    /^[A-Za-z0-9:_.@\\-]+\.(?:service|socket|timer|path|mount)$/.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `"${given}" is not a unit such as acme-agent.service` },
};

const path: TextValue<string> = {
  kind: 'text',
  type: 'path',
  pattern: /^(?:~|\/[^/]+)\/[^\0]+$/,
  parse(given) {
    const problem = pathProblem(given);
    return problem === undefined
      ? { ok: true, value: given }
      : { ok: false, reason: `"${given}" ${problem}` };
  },
};

function pathProblem(given: string): string | undefined {
  if (!/^(?:~\/|\/)\P{Cc}*$/u.test(given))
    return 'is not a path: begin it with a slash, or with ~/ for every home';
  if (normalize(given) !== given || given.endsWith('/') || given.split('/').includes('..'))
    return 'is not written in full: leave out "..", "." and double slashes, and a slash at its end';
  const names = given.split('/').slice(1);
  const isAll = names.length === 2 && /^\*+$/.test(names[1] ?? '');
  if (given.startsWith('/') && isAll && systemDirectories.includes(names[0] ?? ''))
    return 'is all of a directory of the system: name what is in it';
  if (names.slice(0, -1).includes('**')) return 'has ** before its end';
  if (given.startsWith('/') && names.length < 2) return 'is a directory of the system: name what is in it';
  if (names[0]?.includes('*') === true && given.startsWith('/')) return 'has * for a directory of the system';
  const [, reason] = protectedPaths.find(([one]) => given === one || given.startsWith(`${one}/`)) ?? [];
  return reason === undefined ? undefined : `is ${reason}`;
}

const actions = ['remove', 'empty', 'remove-lines', 'refuse'] as const;

export const ownRuleSection = declared({
  name: 'rule',
  keys: {
    paths: {
      value: { ...list(path, 'a path'), minItems: 1 },
      required: true,
      meaning:
        'Where to look. `*` stands for any name, or part of one, in one directory; `/**` at the end for the files at any depth. `~/` is every home.',
      example: 'paths: [/var/lib/acme/*, ~/.acme/token]',
    },
    reason: {
      value: choice(['uniqueness', 'secret', 'space', 'correctness']),
      required: true,
      meaning: 'Why it must not be on a clone.',
      example: 'reason: uniqueness',
    },
    action: {
      value: choice(actions),
      default: '`remove`',
      meaning:
        '`remove`: it goes, a directory with its content. `empty`: the file stays, empty, and is created where it is absent. `remove-lines`: the lines that `check` matches go, and the rest of the file stays, with its owner, ACLs and SELinux label. `refuse`: the scrub removes nothing and refuses to seal.',
      example: 'action: remove-lines',
    },
    check: {
      value: regularExpression,
      default: 'every file counts',
      meaning:
        'A regular expression. Only regular files with a line that it matches count, for the scrub and for `verify`. Required with `remove-lines`.',
      example: "check: '^license_key:'",
    },
    what: {
      value: line,
      default: 'the name of the rule',
      meaning: 'What it is, in one line, for lists and reports.',
      example: "what: the Acme agent's registration",
    },
    why: {
      value: line,
      default: '',
      meaning: 'What would happen on a clone. With `refuse`, what to do about it.',
      example: 'why: clones would report as one host',
    },
    made_anew_by: {
      value: line,
      default: '`nothing`',
      meaning: 'What recreates it on a clone.',
      example: 'made_anew_by: acme-agent, at its start',
    },
    stop: {
      value: list(unit, 'a unit'),
      default: 'none',
      meaning: "systemd's units that would write it again. The scrub stops them first, in this order.",
      example: 'stop: [acme-agent.service]',
    },
  },
});

export const ownRulesSection = declared({
  name: 'file',
  keys: {
    rules: {
      value: { kind: 'entries', name: dnsLabel('rule'), of: section(ownRuleSection), item: 'rule' },
      required: true,
      meaning: 'The rules, by name. A name is used once, and is not one of the built-in rules.',
      example: 'rules: { acme-agent: { paths: [/var/lib/acme/*], reason: uniqueness } }',
    },
  },
});
