import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '../..');

/** Every page of the project, by its path, with its text. */
export function pagesOfTheProject(): { page: string; text: string }[] {
  const listed = execFileSync('git', ['-C', project, 'ls-files', '-z', '*.md'], { encoding: 'utf8' });
  const pages = listed.split('\0').filter((page) => page !== '');
  return pages.map((page) => ({ page, text: readFileSync(join(project, page), 'utf8') }));
}

/** Lines of the page's shell blocks, without comments; one that goes on in the next line is one. */
export function shellLinesIn(text: string): string[] {
  return [...text.matchAll(/^```(?:sh|bash|console)\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}

/** Commands of one line, each as its words: what a pipe, a list or a redirection ends is over. */
export function commandsIn(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [, double, single, bare = '', end] of line.matchAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|(#.*$|[^\s"'|;&<>()]+)|(\|\|?|;|&&?|<+|>+|[()])/g,
  )) {
    if (bare.startsWith('#')) break;
    if (end !== undefined) commands.push(/[<>]/.test(end) ? ['(a file)'] : []);
    else commands.at(-1)?.push(double ?? single ?? bare);
  }
  return commands.filter((words) => words.length > 0 && words[0] !== '(a file)');
}
