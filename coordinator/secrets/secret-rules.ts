import { parse } from 'yaml';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** Who may name which secrets. Every list of a rule must have a pattern that fits; `*` at its end stands for the rest. */
export interface SecretRule {
  secrets: readonly string[];
  roles: readonly string[];
  /** Principals, such as `client/shop`. */
  callers: readonly string[];
}

const lists = ['secrets', 'roles', 'callers'] as const;

/** @param path for messages. @throws ParbakeError USAGE */
export function readSecretRules(text: string, path: string): SecretRule[] {
  try {
    const root = mapping(parse(text), 'the file', ['apiVersion', 'rules']);
    if (root['apiVersion'] !== 'parbake/v1') throw new Error('apiVersion must be parbake/v1');
    return nonEmpty(root['rules'], 'rules').map((given, index) => {
      const rule = mapping(given, `rules[${index}]`, lists);
      const patterns = (key: (typeof lists)[number]): string[] =>
        nonEmpty(rule[key], `rules[${index}].${key}`).map((pattern) => {
          if (typeof pattern === 'string' && /^[A-Za-z0-9._/-]*\*?$/.test(pattern) && pattern !== '')
            return pattern;
          throw new Error(`rules[${index}].${key}: ${JSON.stringify(pattern)} is not a pattern`);
        });
      return { secrets: patterns('secrets'), roles: patterns('roles'), callers: patterns('callers') };
    });
  } catch (cause) {
    throw new ParbakeError('USAGE', `${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** Nothing is allowed that no rule allows. */
export function isSecretAllowed(
  rules: readonly SecretRule[],
  { secret, role, owner }: { secret: string; role: string; owner: string },
): boolean {
  return rules.some(
    (rule) => isAny(rule.secrets, secret) && isAny(rule.roles, role) && isAny(rule.callers, owner),
  );
}

function isAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern,
  );
}

function mapping(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where} must be a mapping`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${where}: unknown key "${unknown}"`);
  return { ...value };
}

/** An empty list would read as "any" to one person and as "none" to another. */
function nonEmpty(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${where} must be a list with an entry`);
  return value;
}
