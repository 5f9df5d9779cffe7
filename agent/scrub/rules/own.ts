import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { readSection, type SectionReader } from '../../../proto/recipe/section.ts';
import { RecipeSource } from '../../../proto/recipe/source.ts';
import { readRegularText } from '../../host/regular-file.ts';
import { absent, resolveInRoot } from '../../host/resolve.ts';
import type { Root } from '../../host/root.ts';
import { scrubRules } from './all.ts';
import { ownRulesSection, type ownRuleSection } from './own-keys.ts';
import type { RulePath, ScrubRule } from './rule.ts';
import { withSwapFiles } from './installed.ts';
import { swapFilesOf } from './swap.ts';
import { imagesCheck, initramfsCheck, secretsRule } from './secret-exception.ts';

/** A builder's own rules, on the image, so that `verify` on a clone checks them too. */
const directory = '/etc/parbake/scrub.d';

/**
 * Every rule of an image in the order of removal: a builder's own come first, since the machine id has to come last.
 * @throws ParbakeError SCRUB_RULES_INVALID with every mistake at once, as `file:line:column`; FILE_UNREADABLE
 */
export async function rulesOf(root: Root): Promise<readonly ScrubRule[]> {
  return [...(await ownRules(root)), ...withSwapFiles(scrubRules, await swapFilesOf(root))];
}

async function ownRules(root: Root): Promise<ScrubRule[]> {
  const place = await resolveInRoot(root, directory);
  if (place === undefined) return [];
  const names = await readdir(root.path(place)).catch((cause: unknown) => absent(directory, cause));
  const rules = new Map<string, ScrubRule>();
  const problems: string[] = [];
  for (const name of (names ?? []).filter((one) => /\.ya?ml$/.test(one)).sort()) {
    const file = root.path(join(place, name));
    const text = await readRegularText(file).catch((cause: unknown) => {
      throw new ParbakeError('FILE_UNREADABLE', `cannot read ${file}: ${reasonOf(cause)}`, { cause });
    });
    problems.push(...readRules(text, file, rules));
  }
  if (problems.length === 0) return [...rules.values()];
  const count = problems.length === 1 ? '' : `${problems.length} mistakes in scrub rules:\n  `;
  throw new ParbakeError('SCRUB_RULES_INVALID', `${count}${problems.join('\n  ')}`);
}

/** @returns every mistake, with its place */
function readRules(text: string, file: string, rules: Map<string, ScrubRule>): string[] {
  // Rules have no variables: a regular expression may have braces after a dollar sign.
  const source = new RecipeSource(text, (name) => `\${${name}}`, 'the file of rules');
  // A syntax error leaves a guess of a tree; what else it would complain about is noise.
  const top =
    source.root === undefined || source.problems.length > 0
      ? undefined
      : readSection(source, source.root, 'the file', ownRulesSection);
  const builtIn = [...scrubRules.map(({ id }) => id), secretsRule, initramfsCheck, imagesCheck];
  for (const { name, keyNode, value } of top?.read('rules') ?? []) {
    if (builtIn.includes(name)) source.problem(keyNode, `${name} is a built-in rule: choose another name`);
    else if (rules.has(name)) source.problem(keyNode, `another file has a rule ${name}`);
    const rule = toRule(source, name, value);
    if (rule !== undefined) rules.set(name, rule);
  }
  return source.problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

function toRule(
  source: RecipeSource,
  id: string,
  section: SectionReader<typeof ownRuleSection.keys>,
): ScrubRule | undefined {
  const action = section.read('action') ?? 'remove';
  const check = section.read('check');
  const reason = section.read('reason');
  const why = section.read('why');
  if (action === 'remove-lines' && !section.has('check'))
    return source.problem(section.node, `rule ${id} has no check: it says which lines are removed`);
  if (action === 'empty' && section.has('check'))
    return source.problem(section.place('check'), 'check does not go with action: empty');
  const contains = check === undefined ? undefined : new RegExp(check, 'u');
  const paths = (section.read('paths') ?? []).flatMap(({ value, node }) => {
    if (action !== 'remove' && value.endsWith('/**'))
      return source.problem(node, `/** does not go with action: ${action}`) ?? [];
    if (action === 'empty' && value.includes('*'))
      return source.problem(node, '* does not go with action: empty, which creates the file') ?? [];
    return [{ ...placeOf(value), ...kindOfMatch(action, contains, why) }];
  });
  if (reason === undefined) return undefined;
  return {
    id,
    scope: 'own',
    what: section.read('what') ?? `what the rule ${id} names`,
    reason,
    why: why ?? `a rule of ${directory} says so`,
    appliesTo: 'this image',
    regeneratedBy: section.read('made_anew_by') ?? 'nothing',
    stopFirst: (section.read('stop') ?? []).map(({ value }) => value),
    paths,
  };
}

function placeOf(written: string): Pick<RulePath, 'below' | 'path' | 'clean'> {
  const isDeep = written.endsWith('/**');
  const path = isDeep ? written.slice(0, -3) : written;
  const clean = isDeep ? 'files' : 'entry';
  return path.startsWith('~/')
    ? { below: 'home', path: path.slice(2), clean }
    : { below: 'root', path, clean };
}

function kindOfMatch(
  action: 'remove' | 'empty' | 'remove-lines' | 'refuse',
  contains: RegExp | undefined,
  why: string | undefined,
): Partial<RulePath> {
  return {
    ...(contains === undefined ? {} : { contains }),
    ...(action === 'empty' ? { clean: 'emptied' as const } : {}),
    ...(action === 'remove-lines' ? { clean: 'lines' as const } : {}),
    ...(action === 'refuse' ? { refuse: why ?? 'remove it' } : {}),
  };
}
