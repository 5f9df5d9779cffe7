/**
 * Whether a branch's name fits a pattern, all of it: `*` stands for anything but a slash, `**` for anything. The time that it
 * takes grows with the product of both lengths only: patterns come from repositories.
 */
export function fitsBranch(pattern: string, branch: string): boolean {
  const parts = pattern.match(/\*\*|\*|[^*]/gsu) ?? [];
  const letters = Array.from(branch);
  // Which beginnings of the branch the parts so far can stand for.
  let fits = [true, ...letters.map(() => false)];
  for (const part of parts) {
    const next = fits.map(() => false);
    for (let at = 0; at <= letters.length; at += 1) {
      const letter = letters[at - 1];
      next[at] =
        part === '*' || part === '**'
          ? fits[at] === true || (next[at - 1] === true && (part === '**' || letter !== '/'))
          : fits[at - 1] === true && letter === part;
    }
    fits = next;
  }
  return fits[letters.length] === true;
}
