import { env } from 'node:process';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole machines take longest: what comes last would leave the other worker with nothing to do. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('/machine.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/**
 * Milliseconds. A test waits for conditions, so these only end one that hangs; on a busy machine each step takes many
 * times as long as usual.
 */
const patience = {
  testTimeout: 300_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 120_000 } },
};

/** What .ci/nightly adds: whole machines, one after the other. */
const nightly = {
  test: {
    name: 'nightly',
    include: ['test/nightly/**/*.test.ts'],
    maxWorkers: 1,
    sequence: { groupOrder: 2 },
    ...patience,
  },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          // Real engines, registries and network namespaces, each test's in places of its own: they wait more than they
          // compute, so that three files at a time suit two processors.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      ...(env['PARBAKE_TEST_NIGHTLY'] === '1' ? [nightly] : []),
    ],
  },
});
