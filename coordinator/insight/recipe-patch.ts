import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Node } from 'yaml';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { localName, parseImageRef } from '../../proto/recipe/image-ref.ts';
import { RecipeSource } from '../../proto/recipe/source.ts';

/** What a variable stands for: no reference has a NUL. */
const anything = '\0';

/** Lines to replace. */
interface Edit {
  /** From 0. */
  line: number;
  /** Lines taken away there. */
  removed: number;
  added: string[];
}

/**
 * A unified diff that makes a recipe bake these images: an entry with `bake: false` loses that. An instance pulls only
 * what such an entry left to it, so no other reference is heeded, and no text of a report gets into the diff: whoever
 * pipes it into "patch" applies changes to their own lines alone.
 * @param file its name in the diff
 * @param refs as instances reported them; variables in the recipe stand for anything
 * @returns empty when there is nothing to change. @throws ParbakeError RECIPE_INVALID
 */
export function recipePatch(text: string, file: string, refs: readonly string[]): string {
  // A name with a line break would start a line of the diff.
  if (/\p{Cc}/u.test(file))
    throw new ParbakeError('RECIPE_INVALID', 'the name of the recipe has control characters');
  const source = new RecipeSource(text, () => anything);
  const images = source.entries(source.root, 'the recipe')?.find(({ key }) => key === 'images');
  const items = images === undefined ? undefined : source.sequence(images.value, 'images');
  const [problem] = source.problems;
  if (problem !== undefined)
    throw new ParbakeError('RECIPE_INVALID', `${file}:${problem.line}:${problem.column}: ${problem.message}`);
  if (items === undefined || items.length === 0)
    throw new ParbakeError('RECIPE_INVALID', `${file} has no list of images`);
  const lines = text.split('\n');
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
  const sound = refs.filter((ref) => parseImageRef(ref).ok);
  const edits = items
    .filter((item) => sound.some((ref) => standsFor(refOf(source, item), ref)))
    .flatMap((item) => withoutBake(source, item, text, lines, lineOf));
  if (edits.length === 0) return '';
  const edited = editedLines(lines, edits).join('\n');
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, text, edited, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** Applies the last edit first, so that the others' line numbers stay right. */
function editedLines(lines: readonly string[], edits: readonly Edit[]): string[] {
  const result = [...lines];
  for (const { line, removed, added } of [...edits].sort((one, other) => other.line - one.line))
    result.splice(line, removed, ...added);
  return result;
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
