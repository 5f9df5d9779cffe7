/** W3C Trace Context: what a list holds at most, and where an entry counts as long. */
const maxMembers = 32;
const maxCharacters = 512;
const longMember = 128;

const key = /^(?:[a-z\d][a-z\d_*/-]{0,255}|[a-z\d][a-z\d_*/-]{0,240}@[a-z\d][a-z\d_*/-]{0,13})$/;
/** Printable, without a comma or an equals sign, and no blank at its end. */
const value = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * What tracing systems on the way say to each other, as W3C's Trace Context has it.
 * @param headers `tracestate` as often as it came: together they are one list
 * @returns the list as it is passed on, of at most 512 characters: of a longer one without entries of more than 128, then
 *   without the last ones; empty for one that is none, of which nothing is passed on
 */
export function tracestateOf(headers: readonly string[]): string {
  const members = headers
    .flatMap((header) => header.split(','))
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = members.map((member) => member.split('=', 1)[0] ?? '');
  const isList = members.every((member, index) => {
    const name = keys[index] ?? '';
    return key.test(name) && value.test(member.slice(name.length + 1));
  });
  if (!isList || members.length > maxMembers || new Set(keys).size < keys.length) return '';
  return shortened(members).join(',');
}

function shortened(members: readonly string[]): string[] {
  const kept = [...members];
  const isLong = (): boolean => kept.join(',').length > maxCharacters;
  for (let at = kept.length - 1; at >= 0 && isLong(); at--)
    if ((kept[at] ?? '').length > longMember) kept.splice(at, 1);
  while (isLong()) kept.pop();
  return kept;
}
