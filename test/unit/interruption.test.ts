import { afterEach, describe, expect, test } from 'vitest';
import { watchInterruption } from '../../agent/daemon/interruption.ts';
import type { InterruptionNotice } from '../../agent/host/imds.ts';
import { createLogger } from '../../proto/process/log.ts';
import { startImdsServer, type ImdsServer } from '../fakes/imds-server.ts';

describe('an agent on a spot instance', () => {
  let imds: ImdsServer;

  afterEach(() => imds.close());

  /** Until it has told, or knows that there is nothing to tell. */
  const watch = async (values: Record<string, string>, fault?: (path: string) => number | undefined) => {
    imds = await startImdsServer(values, fault === undefined ? {} : { fault });
    const told: InterruptionNotice[] = [];
    const options = { logger: createLogger('test', 'silent'), every: 1 };
    await watchInterruption(imds.url, (notice) => told.push(notice), options, new AbortController().signal);
    return told;
  };
  const spot = { 'instance-life-cycle': 'spot' };
  const action = '{"action": "terminate", "time": "2026-12-01T08:22:00Z"}';
  const notice = { action: 'terminate', time: Date.UTC(2026, 11, 1, 8, 22) };

  test('tells when it is taken back', async () => {
    expect(await watch({ ...spot, 'spot/instance-action': action })).toEqual([notice]);
  });

  test('waits until it is said, also when the metadata service fails meanwhile', async () => {
    let looks = 0;
    const fault = (path: string): number | undefined => {
      if (!path.endsWith('spot/instance-action')) return undefined;
      looks += 1;
      return looks < 3 ? 404 : looks < 5 ? 500 : undefined;
    };
    expect(await watch({ ...spot, 'spot/instance-action': action }, fault)).toEqual([notice]);
    expect(looks).toBe(5);
  });

  test('asks again when the metadata service is too busy to say whether it is spot', async () => {
    let looks = 0;
    const fault = (path: string): number | undefined =>
      path.endsWith('instance-life-cycle') && ++looks < 3 ? 503 : undefined;
    expect(await watch({ ...spot, 'spot/instance-action': action }, fault)).toEqual([notice]);
    expect(looks).toBe(3);
  });

  test('takes a notice that it cannot read for one, and one that is not spot has none', async () => {
    expect(await watch({ ...spot, 'spot/instance-action': 'soon' })).toEqual([
      { action: 'unknown', time: 0 },
    ]);
    await imds.close();
    expect(await watch({ 'instance-life-cycle': 'on-demand', 'spot/instance-action': action })).toEqual([]);
  });
});
