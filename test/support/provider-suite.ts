import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProviderError, type Machine, type Provider } from '../../coordinator/core/pool/provider.ts';
import { aLaunchRequest } from './pool-builders.ts';

/** A provider with nothing in it. */
export interface ProviderUnderTest {
  provider: Provider;
  /** One in each of two zones. */
  subnets: readonly [string, string];
  /** Makes the next call of an action end without an answer, after the provider carried it out. */
  loseAnswer(action: 'launch' | 'terminate' | 'create image' | 'remove image'): void;
  throttle(action: 'launch' | 'list' | 'terminate'): void;
  /** Makes the next launch meet a zone without capacity. */
  noCapacity(subnetId: string): void;
  /** A machine powers itself off, and was launched to stay then. */
  powerOff(instanceId: string): Promise<void>;
  /** Snapshots that cost something. */
  snapshots(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What every provider must do. */
export function providerSuite(name: string, prepare: () => Promise<ProviderUnderTest>): void {
  describe(`the provider ${name}`, () => {
    let place: ProviderUnderTest;
    let provider: Provider;

    beforeEach(async () => {
      place = await prepare();
      provider = place.provider;
    });

    afterEach(() => place.close());

    const requestIn = (index: 0 | 1, more: Parameters<typeof aLaunchRequest>[0] = {}) =>
      aLaunchRequest({ subnetId: place.subnets[index], ...more });
    const idsOf = (machines: readonly Machine[]): string[] =>
      machines.map(({ instanceId }) => instanceId).sort();
    const aliveIds = async (): Promise<string[]> =>
      idsOf((await provider.list('fleet-1')).filter(({ state }) => state !== 'terminated'));

    test('launches what is asked for, and lists it with its tags', async () => {
      const launched = await provider.launch(requestIn(0, { count: 2 }));
      expect(launched).toHaveLength(2);
      const [first] = await provider.list('fleet-1');
      expect(first).toMatchObject({
        launchId: 'launch-1',
        pool: 'web',
        specHash: 'spec-1',
        imageId: 'ami-12c6146b',
        instanceType: 'm7i.large',
        market: 'on-demand',
        subnetId: place.subnets[0],
        isAssigned: false,
      });
      expect(await aliveIds()).toEqual(idsOf(launched));
      expect(await provider.list('another fleet')).toEqual([]);
    });

    test('gives the same machines for the same request, also after a lost answer', async () => {
      place.loseAnswer('launch');
      await expect(provider.launch(requestIn(0, { count: 2 }))).rejects.toMatchObject({ kind: 'unknown' });
      const launched = await provider.launch(requestIn(0, { count: 2 }));
      expect(idsOf(await provider.launch(requestIn(0, { count: 2 })))).toEqual(idsOf(launched));
      expect(await aliveIds()).toEqual(idsOf(launched));
    });

    test('refuses a token that was used for another call', async () => {
      await provider.launch(requestIn(0));
      await expect(provider.launch(requestIn(0, { instanceType: 'm6i.large' }))).rejects.toMatchObject({
        kind: 'mismatch',
      });
      expect(await aliveIds()).toHaveLength(1);
    });

    test('launches again for the same token in another zone: a token is zonal', async () => {
      await provider.launch(requestIn(0));
      await provider.launch(requestIn(1));
      expect(await aliveIds()).toHaveLength(2);
    });

    test('says when a zone has no capacity, and when it is asked too often', async () => {
      place.noCapacity(place.subnets[0]);
      await expect(provider.launch(requestIn(0))).rejects.toMatchObject({ kind: 'capacity' });
      for (const action of ['launch', 'list', 'terminate'] as const) {
        place.throttle(action);
        const call = {
          launch: () => provider.launch(requestIn(1)),
          list: () => provider.list('fleet-1'),
          terminate: () => provider.terminate(['i-1']),
        }[action];
        await expect(call()).rejects.toBeInstanceOf(ProviderError);
      }
      expect(await aliveIds()).toEqual([]);
    });

    test('terminates, however often it is asked and whatever is gone already', async () => {
      const [one, other] = await provider.launch(requestIn(0, { count: 2 }));
      place.loseAnswer('terminate');
      const ids = [one?.instanceId ?? '', 'i-00000000000000000'];
      await expect(provider.terminate(ids.slice(0, 1))).rejects.toMatchObject({ kind: 'unknown' });
      await provider.terminate(ids);
      await provider.terminate(ids);
      expect(await aliveIds()).toEqual([other?.instanceId]);
    });

    test('makes one image of a machine for a name, and removes it with its snapshots', async () => {
      const [builder] = await provider.launch(requestIn(0, { onPowerOff: 'stop' }));
      const instanceId = builder?.instanceId ?? '';
      await place.powerOff(instanceId);
      const [listed] = await provider.list('fleet-1');
      expect(listed).toMatchObject({ instanceId, state: 'stopped' });
      expect(await provider.machinesOf('ami-12c6146b')).toEqual([instanceId]);
      const before = await place.snapshots();
      const wanted = { name: 'parbake/web/build-1', instanceId, fleetId: 'fleet-1', buildId: 'build-1' };
      place.loseAnswer('create image');
      await expect(provider.createImage(wanted)).rejects.toMatchObject({ kind: 'unknown' });
      const imageId = await provider.createImage(wanted);
      expect(await provider.createImage(wanted)).toBe(imageId);
      expect(await provider.images('another fleet')).toEqual([]);
      const [image, ...others] = await provider.images('fleet-1');
      expect(others).toEqual([]);
      expect(image).toMatchObject({ imageId, name: wanted.name, buildId: 'build-1', state: 'available' });
      const { snapshotIds = [] } = image ?? {};
      expect(snapshotIds).not.toEqual([]);
      expect(await place.snapshots()).toEqual(expect.arrayContaining([...snapshotIds]));
      expect(await provider.machinesOf(imageId)).toEqual([]);
      place.loseAnswer('remove image');
      await expect(provider.removeImage({ imageId, snapshotIds })).rejects.toMatchObject({ kind: 'unknown' });
      await provider.removeImage({ imageId, snapshotIds });
      expect(await provider.images('fleet-1')).toEqual([]);
      expect(await place.snapshots()).toEqual(before);
      expect(await provider.console(instanceId)).toEqual(expect.any(String));
    });
  });
}
