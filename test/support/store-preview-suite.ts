import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { News } from '../../coordinator/core/preview/news.ts';
import { noOutcome } from '../../coordinator/core/preview/preview.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { at } from './store-builders.ts';
import type { StoreUnderTest } from './store-histories.ts';

const of = { repositoryId: 1, repository: 'acme/shop' };
const pushed = (branch: string, after: string, time: number, before = ''): News => ({
  ...{ kind: 'pushed', ...of, branch, before, after, at: time },
});

/** Environments of branches, as every store must keep them. */
export function storePreviewSuite(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`previews in the store on ${name}`, () => {
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

    const take = (guid: string, news: News[], now = 10, hook = 'h') =>
      store.takeDelivery({ hook, guid, news }, at(now));
    const listed = () => store.previews({ includeEnded: true, limit: 100 });
    const due = async (now = 10) =>
      (await store.duePreviews(at(now), 100)).map(({ head, sequence }) => `${head.branch} ${sequence}`);
    const only = async () => {
      const [preview] = await listed();
      if (preview === undefined) throw new Error('no preview');
      return preview;
    };

    test('a delivery is taken once for each webhook', async () => {
      expect(await take('g1', [pushed('x', 'a', 1)])).toBe(true);
      expect(await take('g1', [pushed('x', 'b', 2)])).toBe(false);
      expect((await only()).head.sha).toBe('a');
      // Two webhooks of one repository name an event alike; the second says nothing new.
      expect(await take('g1', [pushed('x', 'a', 1)], 10, 'other')).toBe(false);
    });

    test('a hundred pushes are one row, and the newest commit', async () => {
      for (let index = 1; index <= 100; index += 1)
        await take(`g${index}`, [pushed('x', `c${index}`, 5, index === 1 ? '' : `c${index - 1}`)]);
      expect(await listed()).toMatchObject([{ sequence: 100, head: { sha: 'c100' } }]);
      expect(await due()).toEqual(['x 100']);
    });

    test('news that wants nothing else does not make it due again', async () => {
      await take('g1', [pushed('x', 'a', 1)]);
      const { previewId } = await only();
      await store.concludePreview(previewId, 1, { ...noOutcome, state: 'NOT_WANTED' }, 0);
      expect(await take('g2', [pushed('x', 'a', 2, 'b')])).toBe(false);
      expect(await due()).toEqual([]);
    });

    test('stays due while something newer is wanted than what was done, and when it is to be looked at again', async () => {
      await take('g1', [pushed('x', 'a', 1)]);
      const { previewId } = await only();
      await take('g2', [pushed('x', 'b', 2, 'a')]);
      await store.concludePreview(previewId, 1, { ...noOutcome, state: 'FAILED' }, 0);
      expect(await due()).toEqual(['x 2']);
      await store.concludePreview(previewId, 2, { ...noOutcome, state: 'QUEUED' }, 50);
      expect(await due(49)).toEqual([]);
      expect(await due(50)).toEqual(['x 2']);
    });

    test('one that serves is due when its assignment does not', async () => {
      await take('g1', [pushed('x', 'a', 1)]);
      const { previewId } = await only();
      await store.concludePreview(previewId, 1, { ...noOutcome, state: 'SERVING', assignmentId: 'as-1' }, 0);
      expect(await due()).toEqual(['x 1']);
    });

    test('news of a repository is news of all its branches', async () => {
      await take('g1', [pushed('x', 'a', 1), pushed('y', 'a', 1)]);
      await take('g2', [{ kind: 'renamed', repositoryId: 1, repository: 'acme/store' }]);
      expect((await store.previews({ repository: 'acme/store', includeEnded: true, limit: 9 })).length).toBe(
        2,
      );
      await take('g3', [{ kind: 'lost', repositoryId: 1, repository: 'acme/store' }]);
      expect((await listed()).every(({ head }) => head.isGone)).toBe(true);
      expect(await take('g4', [{ kind: 'lost', repositoryId: 9, repository: 'acme/other' }])).toBe(false);
    });

    test('an operator releases one until its next commit', async () => {
      expect(await store.releasePreview('pv-none', at(1))).toBe(false);
      await take('g1', [pushed('x', 'a', 1)]);
      const { previewId } = await only();
      expect(await store.releasePreview(previewId, at(2))).toBe(true);
      expect(await only()).toMatchObject({ sequence: 2, head: { isReleased: true } });
      await take('g2', [pushed('x', 'b', 3, 'a')]);
      expect(await only()).toMatchObject({ sequence: 3, head: { isReleased: false, sha: 'b' } });
    });

    test('one commit of a fork is approved', async () => {
      const pull = {
        kind: 'pull_request',
        ...of,
        number: 7,
        isOpen: true,
        isFork: true,
        branch: 'x',
      } as const;
      await take('g1', [{ ...pull, sha: 'a', before: '', at: 1, pushedAt: 0 }]);
      const { previewId } = await only();
      await store.approvePreview(previewId, 'a', at(2));
      await take('g2', [{ ...pull, sha: 'b', before: 'a', at: 3, pushedAt: 0 }]);
      expect((await only()).head).toMatchObject({ approvedSha: 'a', sha: 'b' });
    });

    test('each outcome is told once, and what could not be told is told later', async () => {
      await take('g1', [pushed('x', 'a', 1)]);
      const { previewId } = await only();
      const untold = async (now: number) =>
        (await store.unreportedPreviews(at(now), 10)).map(({ revision }) => revision);
      expect(await untold(10)).toEqual([]);
      await store.concludePreview(previewId, 1, { ...noOutcome, state: 'STARTING' }, 0);
      expect(await untold(10)).toEqual([1]);
      const told = { deploymentId: 5, sha: 'a', status: 'x' };
      await store.reportedPreview(previewId, 0, told, 100);
      expect(await untold(99)).toEqual([]);
      expect(await untold(100)).toEqual([1]);
      await store.reportedPreview(previewId, 1, told, 0);
      expect(await untold(200)).toEqual([]);
      // The same outcome again is nothing to tell.
      await store.concludePreview(previewId, 1, { ...noOutcome, state: 'STARTING' }, 9);
      expect(await untold(200)).toEqual([]);
      expect((await only()).reported).toEqual(told);
    });

    test('those that are over are removed after a while, with the names of deliveries', async () => {
      await take('g1', [pushed('x', 'a', 1), pushed('y', 'a', 1)]);
      const [preview] = await listed();
      await store.concludePreview(preview?.previewId ?? '', 1, { ...noOutcome, state: 'RELEASED' }, 0);
      expect((await store.previews({ includeEnded: false, limit: 9 })).length).toBe(1);
      expect(await store.removePreviews(10, 100)).toBe(0);
      expect(await store.removePreviews(11, 100)).toBe(2);
      expect((await listed()).length).toBe(1);
    });
  });
}
