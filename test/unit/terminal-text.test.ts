import { expect, test } from 'vitest';
import { forTerminal, terminalText } from '../../proto/process/terminal-text.ts';

const hostile = [
  ['a title', '\u001b]0;owned\u0007'],
  ['the clipboard', '\u001b]52;c;cm0gLXJm\u0007'],
  ['a link', '\u001b]8;;http://evil\u001b\\here'],
  ['a string of a device', '\u001bP+q544e\u001b\\'],
  ['a reset', '\u001bc'],
  ['a report of the cursor', '\u001b[6n'],
  ['an eight-bit sequence', '\u009b31m'],
  ['a backspace', 'rm -rf /\b\b\b'],
  ['a change of direction', 'a\u202eb'],
] as const;

test.each(hostile)('finding 21: %s reaches no terminal', (_, text) => {
  for (const shown of [terminalText(text), forTerminal(text)]) expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('a text of somebody else has no sequence at all, not even a colour', () => {
  expect(terminalText('a\u001b[31mb\tc\n')).toBe('a\\x1b[31mb\tc\n');
  expect(terminalText('100 %\rnothing')).toBe('100 %\\x0dnothing');
});

test('our own colours, moves and progress get to the terminal', () => {
  const own = '\u001b[2J\u001b[H\u001b[1;32mREADY\u001b[0m\r\u001b[K12 %\n\u001b[?25l';
  expect(forTerminal(own)).toBe(own);
});
