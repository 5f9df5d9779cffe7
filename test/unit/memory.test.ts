import { afterEach, expect, test, vi } from 'vitest';
import { collectAfterStart } from '../../agent/daemon/memory.ts';

afterEach(() => vi.unstubAllGlobals());

test('collects once, when it was quiet at two looks', async () => {
  const looks = [true, false, true, false, false, false];
  const seen: boolean[] = [];
  let collections = 0;
  const isBusy = (): boolean => {
    const busy = looks[seen.length] ?? false;
    seen.push(busy);
    return busy;
  };
  const { signal } = new AbortController();
  await collectAfterStart(isBusy, signal, { collect: () => void collections++, quietMs: 1 });
  expect(seen).toEqual([true, false, true, false, false]);
  expect(collections).toBe(1);
});

test('never collects while somebody waits, and ends with the agent', async () => {
  const ending = new AbortController();
  let looks = 0;
  const isBusy = (): boolean => {
    if (++looks === 3) ending.abort();
    return true;
  };
  const collect = (): void => {
    throw new Error('collected');
  };
  await collectAfterStart(isBusy, ending.signal, { collect, quietMs: 1 });
  expect(looks).toBe(3);
});

test('does nothing where Node does not let it', async () => {
  const isBusy = (): boolean => {
    throw new Error('looked');
  };
  await expect(collectAfterStart(isBusy, new AbortController().signal, { collect: undefined })).resolves.toBe(
    undefined,
  );
});

test('collects until nothing more is found', async () => {
  const gc = vi.fn<(options: object) => void>();
  vi.stubGlobal('gc', gc);
  await collectAfterStart(() => false, new AbortController().signal, { quietMs: 1 });
  expect(gc.mock.calls).toEqual([[{ type: 'major', execution: 'sync', flavor: 'last-resort' }]]);
});
