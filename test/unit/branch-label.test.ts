import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { branchLabel, pullRequestLabel } from '../../coordinator/core/preview/label.ts';
import { hostNameProblem } from '../../coordinator/core/route-name.ts';
import { branchNames, labelProblem } from '../support/branch-names.ts';

const repository = 4711;
const hostSuffix = `--${'a'.repeat(20)}.preview.example.com`;

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
    expect(labelProblem(label)).toBeUndefined();
    // A preview of several services has a host of its own for each, too.
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
    expect(samples.flatMap((label) => labelProblem(label) ?? [])).toEqual([]);
  });

  test('of 200,000 names, full of near collisions, none is invalid and no two are equal', () => {
    const labels = branchNames(200_000).map((name) => branchLabel(repository, name));
    expect(new Set(labels).size).toBe(200_000);
    expect(labels.filter((label) => labelProblem(label) !== undefined)).toEqual([]);
  });
});
