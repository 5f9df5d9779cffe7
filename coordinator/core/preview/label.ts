import { createHash } from 'node:crypto';

/** Characters of a label. With `--` and a host's name of 20 characters behind it, it fits into one label of DNS. */
export const maxLabel = 40;

/** Characters of the mark that tells two branches apart whose names read the same. */
const markLength = 8;
const readable = maxLabel - 1 - markLength;

/** Without letters and digits that look alike. The first character is a digit, so that no word ends like a mark. */
const digits = '23456789';
const alphabet = `${digits}abcdefghjkmnpqrstuvwxyz`;
const marked = new RegExp(`-[${digits}][${alphabet}]{${markLength - 1}}$`);

/** Names that people expect something else behind. */
const reserved = new Set(['www', 'mail', 'localhost', 'api', 'admin', 'autodiscover', 'wpad', 'isatap']);

/**
 * The part of a host name that stands for a branch: the branch's own name where that is a label of DNS already, else what
 * is left of it and a mark. The same branch always gets the same label, and no two branches of a repository get the same
 * one. A label never has two hyphens in a row.
 * @param repositoryId GitHub's number of the repository
 * @param branch as Git has it, without `refs/heads/`
 */
export function branchLabel(repositoryId: number, branch: string): string {
  if (isPlain(branch)) return branch;
  const words = folded(branch).slice(0, readable).replace(/-+$/, '');
  const mark = markOf(`${repositoryId} ${branch}`);
  // A label of marks alone would read like a word with a digit.
  return `${words === '' ? 'branch' : words}-${mark}`;
}

/** The part of a host name that stands for a pull request. No branch gets one of these. */
export function pullRequestLabel(number: number): string {
  return `pr-${number}`;
}

/** Whether a branch's name can stand as it is. */
function isPlain(branch: string): boolean {
  return (
    branch.length <= maxLabel &&
    // Two characters and `--` behind them are reserved for other scripts.
    branch.length !== 2 &&
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(branch) &&
    !reserved.has(branch) &&
    !/^pr-\d+$/.test(branch) &&
    !marked.test(branch)
  );
}

/** Lower-case letters, digits and single hyphens: `Feature/Größe` becomes `feature-grosse`. */
function folded(branch: string): string {
  return branch
    .normalize('NFKD')
    .replaceAll('ß', 'ss')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
}

function markOf(text: string): string {
  const hash = createHash('sha256').update(text).digest();
  const letters = Array.from(hash.subarray(0, markLength * 2), (byte, index) => ({ byte, index }))
    .filter(({ index }) => index % 2 === 0)
    .map(({ byte, index }) => {
      const from = index === 0 ? digits : alphabet;
      return from[(byte * 256 + (hash[index + 1] ?? 0)) % from.length] ?? '';
    });
  return letters.join('');
}
