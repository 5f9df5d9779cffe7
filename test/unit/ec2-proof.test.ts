import { expect, test } from 'vitest';
import type { TagChange } from '../../coordinator/ec2/ec2-tags.ts';
import { Ec2Sync } from '../../coordinator/ec2/ec2-sync.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import { createLogger } from '../../proto/process/log.ts';
import { aCheckIn, anObserved, aRequest, at, someEc2Facts } from '../support/store-builders.ts';

test('finding 16: only an instance that proved itself is tagged; what EC2 says is kept of every one', async () => {
  const store = await openSqliteStore(':memory:');
  const tagged = new Map<string, TagChange>();
  const stop = new AbortController();
  const sync = new Ec2Sync({
    store,
    api: {
      describe: (ids) => Promise.resolve(new Map(ids.map((id) => [id, someEc2Facts('running')]))),
      changeTags: (instanceId, change) => {
        tagged.set(instanceId, change);
        return Promise.resolve();
      },
      close: () => {},
    },
    hasProved: (instanceId) => instanceId === 'i-proved',
    logger: createLogger('test', 'silent'),
    moment: () => at(1),
    random: () => 0,
    watch: () => () => {},
    concluded: () => {},
  });
  try {
    for (const instanceId of ['i-claimed', 'i-proved']) {
      await store.admit(aCheckIn(instanceId), 'session', at(1));
      await store.openSession(instanceId, 'session', at(1));
      await store.observe(instanceId, anObserved(), at(1));
      await store.request(aRequest(`as-${instanceId}`, { user: instanceId }));
    }
    const running = sync.run(stop.signal);
    await expect.poll(() => store.ec2Work()).toEqual([]);
    stop.abort();
    await running;
    expect([...tagged.keys()]).toEqual(['i-proved']);
    expect((await store.instance('i-claimed'))?.instance.ec2?.state).toBe('running');
  } finally {
    await store.close();
  }
});
