import type { YAMLError } from 'yaml';

/** A mistake in the YAML itself. */
interface SyntaxProblem {
  offset: number;
  message: string;
}

/**
 * The mistakes that a person can correct. After its first error a YAML parser guesses, and most of what it says next is
 * about its own guess; so each line that a tab indents is named once, and otherwise the first error alone.
 */
export function syntaxProblems(errors: readonly YAMLError[], text: string): SyntaxProblem[] {
  const [first, ...rest] = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return [];
  const tabs = new Map<number, SyntaxProblem>();
  for (const { pos } of [first, ...rest.filter(({ code }) => code === 'TAB_AS_INDENT')]) {
    const offset = indentingTab(text, pos[0]);
    if (offset !== undefined)
      tabs.set(offset, { offset, message: 'a tab indents this line; YAML is indented with spaces' });
  }
  return tabs.size > 0 ? [...tabs.values()] : [{ offset: first.pos[0], message: first.message }];
}

/** Where a tab is among the blanks that begin a line. */
function indentingTab(text: string, offset: number): number | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const blanks = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  const tab = blanks.indexOf('\t');
  return tab < 0 ? undefined : start + tab;
}
