import { normalize } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { readRequiredText } from '../../../proto/process/required-file.ts';
import { nearest } from '../../../proto/errors/nearest.ts';
import type { Root } from '../../host/root.ts';
import { reasonOf } from '../../../proto/errors/cause.ts';
import { readRegularText } from '../../host/regular-file.ts';
import { kindOf, resolveInRoot } from '../../host/resolve.ts';
import { imagesCheck, initramfsCheck, secretException } from './secret-exception.ts';
import type { ScrubRule } from './rule.ts';

/** Path of a builder's exceptions below the root. */
const defaultPath = '/etc/parbake/scrub.yaml';

/** A skipped rule. */
export interface Exception {
  rule: string;
  /** Absent when no reason was given. */
  why?: string;
}

/**
 * Reads the rules that a file skips: `keep: [hostname, logs]`, or with a reason, `- hostname: our own scheme`.
 * @param file a path on this machine; when undefined, the default path below the root, where the file is optional
 * @throws ParbakeError USAGE with the place of the mistake, FILE_UNREADABLE
 */
export async function readExceptions(
  root: Root,
  file: string | undefined,
  rules: readonly ScrubRule[],
): Promise<Exception[]> {
  if (file !== undefined) return parseExceptions(await readRequiredText(file), file, rules);
  const found = await defaultFile(root);
  if (found === undefined) return [];
  const text = await readRegularText(found).catch((cause: unknown) => {
    throw new ParbakeError('FILE_UNREADABLE', `cannot read ${found}: ${reasonOf(cause)}`, { cause });
  });
  return parseExceptions(text, found, rules);
}

/** @param file for messages */
export function parseExceptions(text: string, file: string, rules: readonly ScrubRule[]): Exception[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const refuse = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new ParbakeError('USAGE', `${file}:${line}:${col}: ${message}`);
  };
  const [error] = document.errors;
  if (error !== undefined) refuse(error.pos[0], error.message);
  const value: unknown = document.toJS();
  if (value === null) return [];
  if (typeof value !== 'object' || Object.keys(value).some((key) => key !== 'keep'))
    return refuse(0, 'it must be a mapping with "keep", a list of rules, and nothing else');
  const { keep }: { keep?: unknown } = value;
  if (!Array.isArray(keep)) return refuse(0, '"keep" must be a list of rules');
  return keep.map((item: unknown, index) => {
    const node = document.getIn(['keep', index], true) as { range?: [number] } | undefined;
    const exception = exceptionOf(item);
    if (exception === undefined)
      return refuse(node?.range?.[0] ?? 0, 'a rule is a text, or one with a reason, such as "logs: why"');
    const problem = problemOf(exception, rules);
    return problem === undefined ? exception : refuse(node?.range?.[0] ?? 0, problem);
  });
}

function exceptionOf(item: unknown): Exception | undefined {
  if (typeof item === 'string') return { rule: item };
  if (typeof item !== 'object' || item === null) return undefined;
  const [[rule, why] = [''], ...others] = Object.entries(item) as [string, unknown][];
  return typeof why === 'string' && others.length === 0 ? { rule, why } : undefined;
}

/** @param text `RULE` or `RULE=WHY` @throws ParbakeError USAGE when no rule has that id */
export function parseKeep(text: string, rules: readonly ScrubRule[]): Exception {
  const [rule = '', ...rest] = text.split('=');
  const exception = rest.length === 0 ? { rule } : { rule, why: rest.join('=') };
  const problem = problemOf(exception, rules);
  if (problem !== undefined) throw new ParbakeError('USAGE', problem);
  return exception;
}

function problemOf({ rule, why }: Exception, rules: readonly ScrubRule[]): string | undefined {
  const problem = ruleProblem(rule, rules);
  if (problem !== undefined || why === undefined) return problem;
  // The reason is stored on every clone.
  if (!/^\P{Cc}{1,512}$/u.test(why)) return `why ${rule} is kept takes 1 to 512 characters on one line`;
  return undefined;
}

function ruleProblem(id: string, rules: readonly ScrubRule[]): string | undefined {
  if (id.startsWith(secretException)) return secretProblem(id.slice(secretException.length));
  const known = [...rules.map((rule) => rule.id), initramfsCheck, imagesCheck];
  if (known.includes(id)) return undefined;
  const close = nearest(id, known);
  const hint = close === undefined ? '' : `did you mean ${close}? `;
  return `there is no rule "${id}"; ${hint}rules are ${known.join(', ')}`;
}

/** An exception from the search for secrets names a file, or a directory with a slash at its end. */
function secretProblem(path: string): string | undefined {
  if (/^\/[^\p{C}*]+$/u.test(path) && normalize(path) === path) return undefined;
  return `${secretException}${path} does not name a file by its absolute path, or a directory with a slash at its end`;
}

async function defaultFile(root: Root): Promise<string | undefined> {
  const path = await resolveInRoot(root, defaultPath);
  return path !== undefined && (await kindOf(root, path)) === 'other' ? root.path(path) : undefined;
}
