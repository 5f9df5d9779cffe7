import { maxLabel } from '../../coordinator/core/preview/label.ts';

/** Different names of branches, of words that people use, joined and written in every way that folds to the same. */
export function branchNames(count: number): string[] {
  const words = ['feature', 'fix', 'Login', 'größe', 'api', '🚀', 'pr', 'x'.repeat(60), 'v1', 'café', '2'];
  const joints = ['-', '/', '_', '.', '--', '-/'];
  const names = new Set<string>();
  const pick = <T>(from: readonly T[], index: number): T | undefined => from[Math.floor(index) % from.length];
  for (let index = 0; names.size < count; index += 1) {
    const [first, second, joint] = [pick(words, index), pick(words, index / 11), pick(joints, index / 121)];
    const name = `${first}${joint}${second}${pick(joints, index / 363)}${Math.floor(index / 726)}`;
    names.add(index % 3 === 0 ? name.toUpperCase() : name);
  }
  return [...names];
}

/** What is wrong with a label of a branch; undefined when nothing is. */
export function labelProblem(label: string): string | undefined {
  if (label.length > maxLabel) return `${label} is longer than ${maxLabel} characters`;
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(label) ? undefined : `${label} is not a label of single hyphens`;
}
