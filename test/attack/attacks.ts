/** The parts of vitest's JSON report that are read. */
export interface TestReport {
  testResults: {
    assertionResults: { fullName: string; status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo' }[];
  }[];
}

export interface Attack {
  /** The finding and a number: `finding-6-1`. */
  id: string;
  finding: number;
  held: boolean;
  what: string;
}

/** The findings that the tests of a file try again, by the names of its tests. @param source TypeScript */
export function findingsTriedIn(source: string): number[] {
  const names = source.matchAll(/\(\s*(['"`])(?:(?!\1)[^\n])*?\bfinding (\d+):/g);
  return [...new Set([...names].map(([, , digits]) => Number(digits)))];
}

/** One attack for each test whose name says which wanted finding it tries again. One that could not be tried was not held. */
export function attacksIn({ testResults }: TestReport, isWanted = (_finding: number) => true): Attack[] {
  const counts = new Map<number, number>();
  const found = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ fullName, status }) => {
      const [, digits, what = ''] = /finding (\d+): (.*)$/.exec(fullName) ?? [];
      return digits === undefined || !isWanted(Number(digits))
        ? []
        : [{ finding: Number(digits), held: status === 'passed', what }];
    })
    .toSorted((one, other) => one.finding - other.finding);
  return found.map((attack) => {
    const count = (counts.get(attack.finding) ?? 0) + 1;
    counts.set(attack.finding, count);
    return { id: `finding-${attack.finding}-${count}`, ...attack };
  });
}
