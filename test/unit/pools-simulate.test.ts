import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { aPoolFile } from '../support/pool-file.ts';
import { runInside } from '../support/run-command.ts';

describe('parbake pools simulate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-simulate-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const run = (pool: string, arrivals: string, ...more: string[]) =>
    runInside(operatorProgram, ['pools', 'simulate', pool, '--arrivals', arrivals, ...more]);
  let even: string;

  beforeAll(() => {
    // One a minute for six hours, and five at once each hour.
    const begun = Date.UTC(2026, 10, 30);
    const times = Array.from({ length: 360 }, (_, minute) => begun + minute * 60_000).flatMap(
      (time, minute) =>
        Array.from({ length: minute % 60 === 30 ? 6 : 1 }, () => new Date(time).toISOString()),
    );
    even = file('even.txt', `# requests\n${times.join('\n')}\n`);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('compares a pool with one of one size that answers as many at once', async () => {
    const pool = file('pool.yaml', aPoolFile(['subnet-a'], { idle: '{ target: 8 }', max: '40' }));
    const { exit, stdout, stderr } = await run(pool, even, '--json');
    expect([exit, stderr]).toEqual([0, '']);
    const { policies } = JSON.parse(stdout) as { policies: { policy: string; hit_rate: number }[] };
    expect(policies.map(({ policy }) => policy)).toEqual([
      'this file',
      'with a forecast of 99%',
      expect.stringMatching(/^always [1-8] READY$/),
    ]);
    expect(policies[0]?.hit_rate).toBeGreaterThan(0.9);
    expect(await run(pool, even)).toMatchObject({
      stdout: expect.stringMatching(/^POOL +AT ONCE +IDLE H\/DAY/),
    });
    expect((await run(pool, even, '--json')).stdout).toBe(stdout);
  });

  test('a larger pool lets fewer wait, and costs more', async () => {
    const figures = async (target: number) => {
      const pool = file('sized.yaml', aPoolFile(['subnet-a'], { idle: `{ target: ${target} }`, max: '40' }));
      const { policies } = JSON.parse((await run(pool, even, '--json')).stdout) as {
        policies: { hit_rate: number; idle_hours_per_day: number }[];
      };
      return policies[0];
    };
    const [small, large] = [await figures(1), await figures(12)];
    expect(large?.hit_rate).toBeGreaterThan(small?.hit_rate ?? 1);
    expect(large?.idle_hours_per_day).toBeGreaterThan(small?.idle_hours_per_day ?? Infinity);
  });

  test.each([
    ['1\n2\nsoon\n', /arrivals\.txt:3: "soon" is not a time/],
    ['1\n', /fewer than two times/],
    ['1\n9000000\n', /more than 62 days apart/],
  ])('refuses arrivals %j', async (content, said) => {
    const pool = file('pool.yaml', aPoolFile(['subnet-a']));
    expect(await run(pool, file('arrivals.txt', content))).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(said),
    });
  });
});
