import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { branchLabel, maxLabel, pullRequestLabel } from '../../coordinator/core/preview/label.ts';
import { hostNameProblem } from '../../coordinator/core/route-name.ts';

const repository = 4711;
const hostSuffix = `--${'a'.repeat(20)}.preview.example.com`;

/** What is wrong with a label; undefined when nothing is. */
function problem(label: string): string | undefined {
  if (label.length > maxLabel) return `${label} is longer than ${maxLabel} characters`;
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(label) ? undefined : `${label} is not a label of single hyphens`;
}

describe('the label of a branch', () => {
  test.each([
    ['main', 'main'],
    ['feature-x', 'feature-x'],
    ['a', 'a'],
    ['release-2-0', 'release-2-0'],
    ['1234', '1234'],
  ])('%s stays %s', (branch, label) => {
    expect(branchLabel(repository, branch)).toBe(label);
  });

  test.each([
    ['feature/login', /^feature-login-[2-9]/],
    ['Feature-X', /^feature-x-[2-9]/],
    ['Größe', /^grosse-[2-9]/],
    ['🚀', /^branch-[2-9]/],
    ['a--b', /^a-b-[2-9]/],
    ['-x-', /^x-[2-9]/],
    ['xn--caf-dma', /^xn-caf-dma-[2-9]/],
    ['ab', /^ab-[2-9]/],
    ['www', /^www-[2-9]/],
    ['pr-17', /^pr-17-[2-9]/],
    ['release/1.0', /^release-1-0-[2-9]/],
    ['x'.repeat(250), /^x{31}-[2-9]/],
  ])('%s gets a mark', (branch, expected) => {
    const label = branchLabel(repository, branch);
    expect(label).toMatch(expected);
    expect(problem(label)).toBeUndefined();
    // With a host of its own too, as a preview of several services has it.
    expect(hostNameProblem(`${label}${hostSuffix}`)).toBeUndefined();
  });

  test('names that are equal after folding get different labels', () => {
    const names = ['a/b', 'a-b', 'A-B', 'a_b', 'a.b', 'a--b', 'á-b', 'a/b/'];
    expect(new Set(names.map((name) => branchLabel(repository, name))).size).toBe(names.length);
  });

  test('the same branch of another repository gets another mark', () => {
    expect(branchLabel(1, 'a/b')).not.toBe(branchLabel(2, 'a/b'));
    expect(branchLabel(1, 'a/b')).toBe(branchLabel(1, 'a/b'));
  });

  test('no name of a branch gets the label of another branch or of a pull request', () => {
    const taken = branchLabel(repository, 'feature/login');
    expect(branchLabel(repository, taken)).not.toBe(taken);
    expect(branchLabel(repository, pullRequestLabel(17))).not.toBe(pullRequestLabel(17));
  });

  test('any text gives a valid label', () => {
    const names = fc.oneof(fc.string({ unit: 'binary', maxLength: 250 }), fc.string({ maxLength: 60 }));
    const samples = fc.sample(names, 1_000).map((name) => branchLabel(repository, name));
    expect(samples.flatMap((label) => problem(label) ?? [])).toEqual([]);
  });

  test('of 200,000 names, full of near collisions, none is invalid and no two are equal', () => {
    const { tried, collisions, invalid } = labelsOf(200_000);
    expect({ tried, collisions, invalid }).toEqual({ tried: 200_000, collisions: 0, invalid: 0 });
  });
});

/** Names of words that people use, joined and written in every way that folds to the same. */
function labelsOf(count: number): { tried: number; collisions: number; invalid: number } {
  const words = ['feature', 'fix', 'Login', 'größe', 'api', '🚀', 'pr', 'x'.repeat(60), 'v1', 'café', '2'];
  const joints = ['-', '/', '_', '.', '--', '-/'];
  const names = new Set<string>();
  for (let index = 0; names.size < count; index += 1) {
    const pick = <T>(from: readonly T[], by: number): T | undefined =>
      from[Math.floor(index / by) % from.length];
    const [first, second, joint] = [pick(words, 1), pick(words, 11), pick(joints, 121)];
    const number = Math.floor(index / 726);
    const name = `${first}${joint}${second}${pick(joints, 363)}${number}`;
    names.add(index % 3 === 0 ? name.toUpperCase() : name);
  }
  const labels = Array.from(names, (name) => branchLabel(repository, name));
  return {
    tried: labels.length,
    collisions: labels.length - new Set(labels).size,
    invalid: labels.filter((label) => problem(label) !== undefined).length,
  };
}
