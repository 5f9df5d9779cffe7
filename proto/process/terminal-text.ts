/** Everything that a terminal acts on, but for the ends of lines and tabs; changes of direction too. */
const unsafe = /(?![\n\r\t])[\p{Cc}\p{Cf}]/gu;

/** Behind an escape: moves of the cursor, clearing and colours, as our own output has them. */
const ownSequence = /\[[0-9;?]{0,16}[ABCDGHJKfhlmsu]/y;
const escape = '\u001b';

/** A text of somebody else, with what a terminal would act on as `\\x1b` and the like. */
export function terminalText(text: string): string {
  return text.replace(unsafe, escapeCharacter).replace(/\r(?!\n)/g, '\\x0d');
}

/**
 * The last look at what goes to a terminal: nothing but our own kinds of sequences gets there, so no text can set the
 * title, write to the clipboard or answer as if somebody typed.
 */
export function forTerminal(text: string): string {
  return text.replace(unsafe, (character, at: number) => {
    ownSequence.lastIndex = at + 1;
    return character === escape && ownSequence.test(text) ? character : escapeCharacter(character);
  });
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
