import { expect, test } from 'vitest';
import { Admission } from '../../coordinator/fleet/admission.ts';

const stays = new AbortController().signal;
const always = 10_000;

/** Check-ins that end when the test says so. */
class Store {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  carryOut(name: string): Promise<string> {
    this.begun.push(name);
    return new Promise((resolve) => this.#ends.set(name, () => resolve(name)));
  }

  end(name: string): void {
    this.#ends.get(name)?.();
  }
}

test('so many are with the store at a time, and the next one follows in the order in which they came', async () => {
  const [admission, store] = [new Admission({ limit: 2 }), new Store()];
  const all = ['a', 'b', 'c', 'd'].map((name) => admission.admit(always, stays, () => store.carryOut(name)));
  expect(store.begun).toEqual(['a', 'b']);
  store.end('b');
  await all[1];
  await expect.poll(() => store.begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) store.end(name);
  await Promise.all([all[0], all[2]]);
  await expect.poll(() => store.begun.at(-1)).toBe('d');
  store.end('d');
  expect(await all[3]).toBe('d');
  expect(await admission.admit(always, stays, () => Promise.resolve('e'))).toBe('e');
});

test('an agent that has gone meanwhile costs the store nothing', async () => {
  const [admission, store, gone] = [new Admission({ limit: 1 }), new Store(), new AbortController()];
  const first = admission.admit(always, stays, () => store.carryOut('a'));
  const left = admission.admit(always, gone.signal, () => store.carryOut('b'));
  const last = admission.admit(always, stays, () => store.carryOut('c'));
  gone.abort();
  await expect(left).rejects.toMatchObject({ code: 'INTERRUPTED' });
  store.end('a');
  await first;
  await expect.poll(() => store.begun).toEqual(['a', 'c']);
  store.end('c');
  await last;
});

test('a check-in that fails makes room too', async () => {
  const admission = new Admission({ limit: 1 });
  const failed = admission.admit(always, stays, () => Promise.reject(new Error('no')));
  await expect(failed).rejects.toThrow('no');
  expect(await admission.admit(always, stays, () => Promise.resolve('a'))).toBe('a');
});

test.each([
  ['it would wait for longer than anybody should', { maxWaitMs: 2, leftMs: always }],
  ['its agent will have given up', { maxWaitMs: 5_000, leftMs: 4 }],
])('it is refused with a time of its own to ask again when %s', async (_, { maxWaitMs, leftMs }) => {
  const times = [0, 1].map(async (drawn) => {
    const store = new Store();
    const admission = new Admission({ limit: 1, maxWaitMs, random: () => drawn });
    const admit = (name: string) => admission.admit(leftMs, stays, () => store.carryOut(name));
    const served = [admit('a'), admit('b'), admit('c')];
    const refused = admit('d');
    await expect(refused).rejects.toMatchObject({ code: 'COORDINATOR_BUSY' });
    for (const name of ['a', 'b', 'c']) {
      await expect.poll(() => store.begun).toContain(name);
      store.end(name);
    }
    await Promise.allSettled(served);
    return await refused.catch((cause: { retryAfterMs: number }) => cause.retryAfterMs);
  });
  expect(await times[0]).toBe(1_000);
  expect(await times[1]).toBe(2_000);
});
