import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair } from 'yaml';

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
 * @returns empty when there is nothing to change. @throws Error when it is no recipe
 */
export function recipePatch(text: string, file: string, refs: readonly string[]): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw error;
  const images: unknown = document.get('images', true);
  if (!isSeq(images) || images.items.length === 0) throw new Error('it has no list of images');
  const lines = text.split('\n');
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
  const edits: Edit[] = [];
  const missing: string[] = [];
  for (const ref of refs) {
    const listed = images.items.find((item) => standsFor(refOf(item), ref));
    if (listed === undefined) missing.push(ref);
    else edits.push(...withoutBake(listed as Node, text, lines, lineOf));
  }
  const last = images.items.at(-1) as Node;
  if (missing.length > 0 && images.flow !== true) {
    const first = images.items[0] as Node;
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

function refOf(item: unknown): string {
  const node: unknown = isMap(item) ? item.get('ref', true) : item;
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}

/** Whether a reference of the recipe, with variables in it, can be this image. */
function standsFor(written: string, ref: string): boolean {
  if (written === '') return false;
  const parts = written
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^\\s]+')}$`, 'u').test(ref);
}

function withoutBake(
  item: Node,
  text: string,
  lines: readonly string[],
  lineOf: (offset: number) => number,
): Edit[] {
  if (!isMap(item)) return [];
  const pair = item.items.find(({ key }) => isScalar(key) && key.value === 'bake') as
    Pair<Node, Node> | undefined;
  if (pair === undefined || !isScalar(pair.value) || pair.value.value !== false) return [];
  const from = pair.key.range?.[0] ?? 0;
  const to = pair.value.range?.[1] ?? from;
  const line = lineOf(from);
  const whole = lines[line] ?? '';
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const before = whole.slice(0, from - start);
  const after = whole.slice(to - start);
  if (item.flow === true) {
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
