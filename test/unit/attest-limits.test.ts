import { expect, test } from 'vitest';
import { AttestLimits } from '../../coordinator/trust/attest-limits.ts';

const busy = expect.objectContaining({ code: 'ATTESTATION_UNAVAILABLE' });

test('one address gets a burst of attestations, and then as many a second as it may', async () => {
  let now = 0;
  const limits = new AttestLimits(() => now);
  const attest = (address = '10.0.0.1') => limits.run(address, () => Promise.resolve('done'));
  for (let count = 0; count < 600; count++) await attest();
  await expect(attest()).rejects.toThrow(busy);
  await expect(attest('10.0.0.2')).resolves.toBe('done');
  now += 100;
  for (let count = 0; count < 5; count++) await attest();
  await expect(attest()).rejects.toThrow(busy);
});

test('those that are worked on are bounded, whoever sends them', async () => {
  const limits = new AttestLimits(() => 0);
  const ends: (() => void)[] = [];
  const open = (index: number) =>
    limits.run(`10.0.0.${index}`, () => new Promise<void>((resolve) => ends.push(resolve)));
  const running = Array.from({ length: 600 }, (_, index) => open(index));
  await expect(open(1_000)).rejects.toThrow(busy);
  for (const end of ends) end();
  await Promise.all(running);
  await expect(limits.run('10.0.0.1', () => Promise.resolve(1))).resolves.toBe(1);
});

test('addresses are forgotten once they have their whole burst again', async () => {
  let now = 0;
  const limits = new AttestLimits(() => now);
  for (let index = 0; index < 1_000; index++) await limits.run(`10.0.0.${index}`, () => Promise.resolve());
  now += 60_000;
  await limits.run('10.0.0.1', () => Promise.resolve());
  expect(limits.size).toBe(1);
});
