import type { Node } from 'yaml';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { localName, parseImageRef } from '../../proto/recipe/image-ref.ts';
import { RecipeSource } from '../../proto/recipe/source.ts';

/** What a variable stands for: no reference has a NUL. */
const anything = '\0';
/** Lines of context of a unified diff. */
const context = 3;

interface Edit {
  /** From 0. */
  line: number;
  /** Lines taken away there. */
  removed: number;
  added: string[];
}

/**
 * A unified diff that makes a recipe bake these images: an entry with `bake: false` loses that, one that is not listed
 * is added. Variables in the recipe stand for anything.
 * @param file its name in the diff
 * @returns empty when there is nothing to change. @throws ParbakeError RECIPE_INVALID
 */
export function recipePatch(text: string, file: string, refs: readonly string[]): string {
  const source = new RecipeSource(text, () => anything);
  const images = source.entries(source.root, 'the recipe')?.find(({ key }) => key === 'images');
  const items = images === undefined ? undefined : source.sequence(images.value, 'images');
  const [first] = items ?? [];
  const last = items?.at(-1);
  const [problem] = source.problems;
  if (problem !== undefined)
    throw new ParbakeError('RECIPE_INVALID', `${file}:${problem.line}:${problem.column}: ${problem.message}`);
  if (items === undefined || first === undefined || last === undefined)
    throw new ParbakeError('RECIPE_INVALID', `${file} has no list of images`);
  const lines = text.split('\n');
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
  const edits: Edit[] = [];
  const missing: string[] = [];
  for (const ref of refs) {
    const listed = items.find((item) => standsFor(refOf(source, item), ref));
    if (listed === undefined) missing.push(ref);
    else edits.push(...withoutBake(source, listed, text, lines, lineOf));
  }
  if (missing.length > 0 && !source.isFlow(images?.value)) {
    const dash = lines[lineOf(first.range?.[0] ?? 0)]?.match(/^\s*- */)?.[0] ?? '  - ';
    const end = text.slice(0, last.range?.[1] ?? 0).trimEnd();
    const line = lineOf(end.length);
    const added = missing.map((ref) => `${dash}${ref}`);
    // A last line without its end gets one.
    const isLast = line === lines.length - 1;
    edits.push(
      isLast
        ? { line, removed: 1, added: [lines[line] ?? '', ...added] }
        : { line: line + 1, removed: 0, added },
    );
  }
  return unifiedDiff(file, lines, edits);
}

function refOf(source: RecipeSource, item: Node): string {
  if (source.shape(item) === 'text') return source.text(item, 'an image') ?? '';
  const ref = source.entries(item, 'an image')?.find(({ key }) => key === 'ref');
  return ref?.value === undefined ? '' : (source.text(ref.value, 'ref') ?? '');
}

/** Whether a reference of the recipe, with variables in it, can be this image. */
function standsFor(written: string, ref: string): boolean {
  if (written === '') return false;
  if (!written.includes(anything)) return nameOf(written) === nameOf(ref);
  const parts = written.split(anything).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^\\s]+')}$`, 'u').test(ref);
}

/** The name under which the Engine finds an image: several references stand for one. */
function nameOf(text: string): string {
  const parsed = parseImageRef(text);
  return parsed.ok ? localName(parsed.ref) : text;
}

function withoutBake(
  source: RecipeSource,
  item: Node,
  text: string,
  lines: readonly string[],
  lineOf: (offset: number) => number,
): Edit[] {
  if (source.shape(item) !== 'mapping') return [];
  const bake = source.entries(item, 'an image')?.find(({ key }) => key === 'bake');
  if (bake?.value === undefined || source.boolean(bake.value, 'bake') !== false) return [];
  const from = bake.keyNode.range?.[0] ?? 0;
  const to = bake.value.range?.[1] ?? from;
  const line = lineOf(from);
  const whole = lines[line] ?? '';
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const before = whole.slice(0, from - start);
  const after = whole.slice(to - start);
  if (source.isFlow(item)) {
    const joined = after.trimStart().startsWith(',')
      ? `${before}${after.replace(/^\s*,\s*/, '')}`
      : `${before.replace(/,\s*$/, '')}${after}`;
    return [{ line, removed: 1, added: [joined] }];
  }
  // The first key stands behind the dash, so the next one moves there.
  if (before.trim() !== '-') return [{ line, removed: 1, added: [] }];
  const next = lines[line + 1] ?? '';
  return [{ line, removed: 2, added: [`${before}${next.trimStart()}`] }];
}

function unifiedDiff(file: string, lines: readonly string[], edits: readonly Edit[]): string {
  if (edits.length === 0) return '';
  // Behind a last line break there is no further line.
  const hasEnd = lines.at(-1) === '';
  const all = hasEnd ? lines.slice(0, -1) : lines;
  const sorted = [...edits].sort((a, b) => a.line - b.line);
  const hunks: Edit[][] = [];
  for (const edit of sorted) {
    const before = hunks.at(-1)?.at(-1);
    if (before !== undefined && edit.line - (before.line + before.removed) <= 2 * context)
      hunks.at(-1)?.push(edit);
    else hunks.push([edit]);
  }
  let shift = 0;
  const written = hunks.map((hunk) => {
    const [first] = hunk;
    const last = hunk.at(-1);
    const from = Math.max(0, (first?.line ?? 0) - context);
    const to = Math.min(all.length, (last?.line ?? 0) + (last?.removed ?? 0) + context);
    const body: string[] = [];
    let at = from;
    const noEnd = (line: number): string[] =>
      !hasEnd && line === all.length - 1 ? ['\\ No newline at end of file'] : [];
    const keep = (until: number): void => {
      for (; at < until; at++) body.push(` ${all[at] ?? ''}`, ...noEnd(at));
    };
    for (const { line, removed, added } of hunk) {
      keep(line);
      for (; at < line + removed; at++) body.push(`-${all[at] ?? ''}`, ...noEnd(at));
      body.push(...added.map((text) => `+${text}`));
    }
    keep(to);
    const grown = hunk.reduce((sum, { added, removed }) => sum + added.length - removed, 0);
    const header = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + grown} @@`;
    shift += grown;
    return [header, ...body].join('\n');
  });
  return `--- a/${file}\n+++ b/${file}\n${written.join('\n')}\n`;
}
