import { expect, test } from 'vitest';
import { attacksIn, findingsTriedIn } from '../attack/attacks.ts';

test('each test that names a finding is an attack, and one that was not tried was not held', () => {
  const assertionResults = [
    { fullName: 'a hostile image  finding 8: gets nothing', status: 'passed' as const },
    { fullName: 'finding 6: labels', status: 'failed' as const },
    { fullName: 'a coordinator finding 6: labels again', status: 'skipped' as const },
    { fullName: 'something else', status: 'passed' as const },
  ];
  expect(attacksIn({ testResults: [{ assertionResults }] })).toEqual([
    { id: 'finding-6-1', finding: 6, held: false, what: 'labels' },
    { id: 'finding-6-2', finding: 6, held: false, what: 'labels again' },
    { id: 'finding-8-1', finding: 8, held: true, what: 'gets nothing' },
  ]);
  expect(attacksIn({ testResults: [{ assertionResults }] }, (finding) => finding === 8)).toHaveLength(1);
});

test('a file tries the findings that its tests name', () => {
  const source = `test('finding 6: labels', () => {});
describe('finding 8: a hostile image', () => {
  test.each([1])(
    "and finding 12: also %s",
    () => {});
  test('what another finding says', () => expect({ fullName: 'finding 3: none' }));
});`;
  expect(findingsTriedIn(source)).toEqual([6, 8, 12]);
});
