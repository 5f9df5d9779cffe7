import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Proven, Renewal } from '../../coordinator/core/trust.ts';
import type { Store } from '../../coordinator/store/store.ts';
import type { StoreUnderTest } from './store-histories.ts';
import { aCheckIn, at } from './store-builders.ts';

const proven = (more: Partial<Proven> = {}): Proven => ({
  instanceId: 'i-1',
  attestor: 'join-token',
  accountId: '',
  keyHash: 'key-1',
  serial: 'S1',
  pendingTime: 0,
  time: 1,
  ...more,
});
const renewal = (more: Partial<Renewal> = {}): Renewal => ({
  currentSerial: 'S1',
  generation: 1,
  keyHash: 'key-2',
  serial: 'S2',
  time: 2,
  ...more,
});

/** Who instances are, as every store must decide it. */
export function storeTrustSuite(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`trust in the store on ${name}`, () => {
    let place: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const token = (hash: string, more: { instanceId?: string; expireTime?: number } = {}) =>
      store.createJoinToken({ hash, instanceId: '', expireTime: 1_000, ...more }, 0);
    const events = async (): Promise<string[]> =>
      (await store.events(0, 100)).events.map(({ event }) => event);

    describe('a join token', () => {
      test('admits one of many instances that show it at once', async () => {
        await token('t');
        const decisions = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            store.attest(
              proven({ instanceId: `i-${index}`, keyHash: `key-${index}`, serial: `S${index}` }),
              't',
              5,
            ),
          ),
        );
        expect(decisions.filter(({ kind }) => kind === 'admitted')).toHaveLength(1);
        expect(await store.trusts()).toHaveLength(1);
        expect(
          decisions.filter((one) => one.kind === 'refused' && one.code === 'JOIN_TOKEN_INVALID'),
        ).toHaveLength(19);
      });

      test('is worth nothing when it is unknown, expired or for another instance', async () => {
        await token('expired', { expireTime: 4 });
        await token('bound', { instanceId: 'i-2' });
        for (const hash of ['unknown', 'expired', 'bound'])
          expect(await store.attest(proven(), hash, 5)).toMatchObject({ code: 'JOIN_TOKEN_INVALID' });
        expect(await store.trusts()).toEqual([]);
        expect(await store.attest(proven({ instanceId: 'i-2' }), 'bound', 5)).toMatchObject({
          kind: 'admitted',
        });
      });

      test('is not used up by an instance that is refused for something else', async () => {
        await token('one');
        await token('two');
        await store.attest(proven(), 'one', 5);
        const conflict = await store.attest(proven({ keyHash: 'key-9' }), 'two', 6);
        expect(conflict).toMatchObject({ code: 'IDENTITY_CONFLICT' });
        const other = proven({ instanceId: 'i-2', keyHash: 'key-9' });
        expect(await store.attest(other, 'two', 7)).toMatchObject({ kind: 'admitted' });
      });

      test('is not needed by an instance that comes back with its key', async () => {
        await token('one');
        await store.attest(proven(), 'one', 5);
        const again = await store.attest(proven({ serial: 'S9' }), 'one', 5_000);
        expect(again).toMatchObject({ kind: 'admitted', trust: { activeSerial: 'S9', generation: 2 } });
      });
    });

    test('an identity conflict is an event, once for each key, and changes nothing', async () => {
      await store.attest(proven(), undefined, 1);
      for (const keyHash of ['key-8', 'key-8', 'key-9', 'key-9'])
        await store.attest(proven({ keyHash, serial: 'S9' }), undefined, 2);
      expect(await events()).toEqual(['attested', 'identity_conflict', 'identity_conflict']);
      expect(await store.trust('i-1')).toMatchObject({ keyHash: 'key-1', activeSerial: 'S1' });
    });

    test('two instances with one key are a duplicate identity', async () => {
      await store.attest(proven(), undefined, 1);
      const twin = await store.attest(proven({ instanceId: 'i-2' }), undefined, 2);
      expect(twin).toMatchObject({
        code: 'DUPLICATE_IDENTITY',
        message: expect.stringMatching(/i-1 and i-2/),
      });
    });

    test('a renewal is kept, and its first use ends the former certificate', async () => {
      await store.attest(proven(), undefined, 1);
      await store.renew('i-1', renewal(), 2);
      await store.activate('i-1', 'S1');
      expect(await store.trust('i-1')).toMatchObject({ activeSerial: 'S1', nextSerial: 'S2' });
      await store.activate('i-1', 'S2');
      expect(await store.trust('i-1')).toMatchObject({
        activeSerial: 'S2',
        nextSerial: '',
        keyHash: 'key-2',
      });
    });

    test('of two holders of one certificate, who renew at once, the second locks the instance', async () => {
      await store.attest(proven(), undefined, 1);
      const decisions = await Promise.all([
        store.renew('i-1', renewal(), 2),
        store.renew('i-1', renewal({ keyHash: 'key-thief', serial: 'S3' }), 2),
      ]);
      expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'refused']);
      expect(await store.trust('i-1')).toMatchObject({ state: 'LOCKED', activeSerial: '', nextSerial: '' });
      expect(await events()).toEqual(['attested', 'locked']);
    });

    test('a locked instance stays out until an operator readmits it', async () => {
      await store.attest(proven(), undefined, 1);
      expect(await store.lock('i-1', 'stolen', 2)).toMatchObject({ state: 'LOCKED', reason: 'stolen' });
      expect(await store.attest(proven(), undefined, 3)).toMatchObject({ code: 'INSTANCE_LOCKED' });
      await store.readmit('i-1', 4);
      expect(await store.attest(proven({ keyHash: 'key-9' }), undefined, 5)).toMatchObject({
        kind: 'admitted',
      });
      expect(await events()).toEqual(['attested', 'locked', 'readmitted', 'attested']);
    });

    test('only an instance that proved itself can be locked or readmitted', async () => {
      const unknown = expect.objectContaining({ code: 'INSTANCE_NOT_FOUND' });
      await expect(store.lock('i-9', 'x', 1)).rejects.toThrow(unknown);
      await expect(store.readmit('i-9', 1)).rejects.toThrow(unknown);
    });

    test('outlives a restart', async () => {
      await token('one');
      await store.attest(proven(), 'one', 5);
      await store.close();
      store = await place.open();
      expect(await store.trusts()).toMatchObject([
        { instanceId: 'i-1', keyHash: 'key-1', activeSerial: 'S1' },
      ]);
      const other = proven({ instanceId: 'i-2', keyHash: 'key-2' });
      expect(await store.attest(other, 'one', 6)).toMatchObject({ code: 'JOIN_TOKEN_INVALID' });
    });

    test('is forgotten with its instance, unless it is locked; tokens go when they expire', async () => {
      await token('old', { expireTime: 10 });
      for (const id of ['gone', 'there', 'locked'])
        await store.attest(proven({ instanceId: id, keyHash: `key-${id}` }), undefined, 1);
      await store.admit(aCheckIn('there'), 'session', at(1));
      await store.lock('locked', 'stolen', 1);
      expect(await store.removeTrust(100, 100)).toBe(2);
      expect((await store.trusts()).map(({ instanceId }) => instanceId)).toEqual(['locked', 'there']);
    });
  });
}
