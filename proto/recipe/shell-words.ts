/** Blanks, a quoted part, an escaped character, or plain characters. */
const piece = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/gy;

/**
 * The words of a command line, quoted as in a shell. Nothing else of a shell is in it: `|`, `>` and `*` are characters
 * like others.
 * @returns undefined when a quote is not closed
 */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const [match, blank, single, double, escaped, plain] of line.matchAll(piece)) {
    end += match.length;
    if (blank === undefined) {
      word = `${word ?? ''}${single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? ''}`;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (end < line.length) return undefined;
  return word === undefined ? words : [...words, word];
}
