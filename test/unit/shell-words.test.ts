import { expect, test } from 'vitest';
import { shellWords } from '../../proto/recipe/shell-words.ts';

test.each([
  ['serve --port 8080', ['serve', '--port', '8080']],
  ['  a   b ', ['a', 'b']],
  [`sh -c 'echo "x" > y'`, ['sh', '-c', 'echo "x" > y']],
  [String.raw`"a \"b\" \n" c\ d ''`, ['a "b" \\n', 'c d', '']],
  [`a'b'"c"d`, ['abcd']],
  ['', []],
])('%j is split as a shell splits it', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

test.each(['a "b', "a 'b", 'a\\'])('%j is not closed', (line) => {
  expect(shellWords(line)).toBeUndefined();
});
