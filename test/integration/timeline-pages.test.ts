import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportCommand } from '../../coordinator/cli/export-command.ts';
import type { GetTimelineRequest } from '../../proto/gen/parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { getTimeline } from '../support/calls.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { runCommand } from '../support/run-command.ts';
import { report } from '../support/report.ts';

const begun = Date.UTC(2026, 5, 1);
/** Seconds after that. */
const at = (seconds: number): number => begun + seconds * 1000;
const instanceId = `i-${randomUUID()}`;

describe('a timeline in parts', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
    await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web' });
    const span = (id: string, from: number, to: number) => ({
      spanId: id,
      name: id,
      startUnixNs: at(from) * 1e6,
      endUnixNs: at(to) * 1e6,
    });
    const spans = [
      // Two that began together, and one over all of the others.
      ...[
        span('whole', 0, 100),
        span('a', 10, 20),
        span('b/ü', 10, 12),
        span('c', 30, 40),
        span('d', 50, 60),
      ],
    ];
    const pulls = [20, 50].map((from) => ({
      ref: `acme/app:${from}`,
      startTime: timeOf(at(from)),
      duration: durationOf(5),
    }));
    await report(coordinator.agents, instanceId, { spans, pulls });
  });

  afterAll(async () => {
    await coordinator.close();
  });

  const read = (request: GetTimelineRequest = {}): Promise<GetTimelineResponse__Output> =>
    getTimeline(coordinator.clients, instanceId, request);
  const names = ({ spans }: GetTimelineResponse__Output): string[] => spans.map(({ name }) => name);

  test('pages have every span once, by start, and the pulls once', async () => {
    const pages: GetTimelineResponse__Output[] = [];
    let pageToken = '';
    do {
      const page = await read({ pageSize: 2, pageToken });
      pages.push(page);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(pages.map(names)).toEqual([['whole', 'a'], ['b/ü', 'c'], ['d']]);
    expect(pages.map(({ pulls }) => pulls.length)).toEqual([2, 0, 0]);
    for (const pageSize of [0, 5, 1_000_000]) {
      const page = await read({ pageSize });
      expect(names(page)).toEqual(['whole', 'a', 'b/ü', 'c', 'd']);
      expect(page.nextPageToken).toBe('');
    }
  });

  test('a stretch of time has what overlaps it', async () => {
    const part = await read({ startTime: timeOf(at(12)), endTime: timeOf(at(30)) });
    expect(names(part)).toEqual(['whole', 'a']);
    expect(part.pulls.map(({ ref }) => ref)).toEqual(['acme/app:20']);
    expect(names(await read({ startTime: timeOf(at(40)) }))).toEqual(['whole', 'd']);
    expect(names(await read({ endTime: timeOf(at(10)) }))).toEqual(['whole']);
    const rest = await read({ startTime: timeOf(at(12)), pageSize: 2, pageToken: '' });
    expect(names(rest)).toEqual(['whole', 'a']);
    const { nextPageToken: pageToken } = rest;
    expect(names(await read({ startTime: timeOf(at(12)), pageSize: 2, pageToken }))).toEqual(['c', 'd']);
  });

  test.each<[string, GetTimelineRequest, string]>([
    ['a page of less than nothing', { pageSize: -1 }, 'page_size is -1'],
    ['a token of somebody else', { pageToken: 'x' }, 'page_token is not one of ours'],
    ['a token beyond numbers', { pageToken: `${2n ** 63n}.YQ` }, 'page_token is not one of ours'],
    ['a time that ends first', { startTime: timeOf(at(2)), endTime: timeOf(at(1)) }, 'end_time is before'],
  ])('%s is refused', async (_, request, message) => {
    await expect(read(request)).rejects.toThrow(message);
  });

  test('an export takes the same times', async () => {
    const run = (...args: string[]) =>
      runCommand(exportCommand, ['--coordinator', coordinator.address, instanceId, ...args]);
    const { exit, stdout } = await run(
      '--from',
      new Date(at(35)).toISOString(),
      '--to',
      '2026-06-01T00:00:50Z',
    );
    expect(exit).toBe(0);
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; name?: string });
    expect(records.flatMap(({ type, name }) => (type === 'span' ? [name] : []))).toEqual(['whole', 'c']);
    expect(records.filter(({ type }) => type === 'event')).toEqual([]);
    const wrong = await run('--from', 'yesterday');
    expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining('--from takes a time') });
  });
});
