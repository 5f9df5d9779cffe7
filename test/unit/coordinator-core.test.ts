import { describe, expect, test } from 'vitest';
import { missingTags, wantedTags } from '../../coordinator/ec2/ec2-tags.ts';
import { duplicateIdentity } from '../../coordinator/core/identity.ts';
import type { Facts, Instance } from '../../coordinator/core/model.ts';
import { place } from '../../coordinator/core/placement.ts';
import { anAssignment, anInstance, someFacts as facts } from '../support/store-builders.ts';

function known(instanceId: string, more: Partial<Facts> = {}) {
  return { instanceId, facts: facts(instanceId, more) };
}

const sha256 = (text: string): string => `hash of ${text}`;

describe('identity', () => {
  test('instances that differ are let in', () => {
    expect(duplicateIdentity(facts('i-1'), [known('i-2')], sha256)).toBeUndefined();
  });

  test('an instance is no duplicate of itself', () => {
    expect(duplicateIdentity(facts('i-1'), [known('i-1')], sha256)).toBeUndefined();
  });

  test('one engine id names both instances, the image and the rules', () => {
    const reason = duplicateIdentity(
      facts('i-2', { engineId: 'x' }),
      [known('i-1', { engineId: 'x' })],
      sha256,
    );
    expect(reason).toMatch(/i-1 and i-2.*ami-1.*docker-engine-id and docker-key-json/);
  });

  test("the builder's engine id is found by its hash", () => {
    const joining = facts('i-2', { engineId: 'x', builderEngineIdHash: 'hash of x' });
    expect(duplicateIdentity(joining, [], sha256)).toContain('of its builder');
  });

  test('one machine id on two machines is a leak, on one kernel it is not', () => {
    const live = [known('i-1', { machineIdHash: 'm', bootId: 'b' })];
    expect(duplicateIdentity(facts('i-2', { machineIdHash: 'm' }), live, sha256)).toContain(
      '/etc/machine-id',
    );
    const onOneKernel = facts('i-2', { machineIdHash: 'm', bootId: 'b' });
    expect(duplicateIdentity(onOneKernel, live, sha256)).toBeUndefined();
  });

  test('what is not known is not the same', () => {
    const unknown = { engineId: '', machineIdHash: '' };
    expect(duplicateIdentity(facts('i-2', unknown), [known('i-1', unknown)], sha256)).toBeUndefined();
  });
});

describe('placement', () => {
  const wants = (variables: string[], hasFiles = false) => ({ variables, hasFiles });
  const candidates = [
    { instanceId: 'i-1', userEnv: ['A'], takesFiles: false, warmth: 1 },
    { instanceId: 'i-2', userEnv: ['A', 'B'], takesFiles: false, warmth: 1 },
    { instanceId: 'i-3', userEnv: ['A', 'B'], takesFiles: false, warmth: 1 },
  ];
  const warmed = (...parts: number[]) =>
    parts.map((warmth, index) => ({
      instanceId: `i-${index + 1}`,
      userEnv: ['A'],
      takesFiles: false,
      warmth,
    }));

  test('prefers one whose disk is warm to one that has waited longer', async () => {
    expect(await place(warmed(0.25, 1, 1), wants([]))).toBe('i-2');
  });

  test('takes the warmest while none is warm yet, and looks at no more than a few', async () => {
    expect(await place(warmed(0.25, 0.75, 0.5), wants([]))).toBe('i-2');
    const many = warmed(0.1, ...Array.from({ length: 200 }, () => 0), 0.9);
    expect(await place(many, wants([]))).toBe('i-1');
  });

  test('takes the one that has waited longest', async () => {
    expect(await place(candidates, wants(['A']))).toBe('i-1');
  });

  test('passes over one that would refuse the order', async () => {
    expect(await place(candidates, wants(['B']))).toBe('i-2');
  });

  test('files go only where some are taken', async () => {
    const taking = { instanceId: 'i-4', userEnv: [], takesFiles: true, warmth: 1 };
    expect(await place([...candidates, taking], wants([], true))).toBe('i-4');
    expect(await place(candidates, wants([], true))).toBeUndefined();
  });

  test('takes none rather than one that does not fit', async () => {
    expect(await place(candidates, wants(['C']))).toBeUndefined();
  });

  test('reads no further than it must', async () => {
    const read: string[] = [];
    function* one(): Generator<(typeof candidates)[number]> {
      for (const candidate of candidates) {
        read.push(candidate.instanceId);
        yield candidate;
      }
    }
    await place(one(), wants([]));
    expect(read).toStrictEqual(['i-1']);
  });
});

describe('EC2 tags', () => {
  const instance = (state: Instance['state']): Instance => anInstance({ state });
  const assignment = anAssignment({ env: { SECRET: 'never in a tag' } });

  test('say whose it is, and nothing else of the order', () => {
    expect(wantedTags(instance('ASSIGNED'), assignment)).toStrictEqual({
      set: { 'parbake:user': 'alice', 'parbake:role': 'web', 'parbake:assignment': 'as-1' },
      remove: ['parbake:environment'],
    });
  });

  test.each(['RELEASING', 'RETIRED', 'TERMINATED'] as const)(
    'are left on an instance that is %s',
    (state) => {
      expect(wantedTags(instance(state), undefined)).toStrictEqual({ set: {}, remove: [] });
    },
  );

  test('are taken off an instance that nobody has', () => {
    const wanted = wantedTags(instance('QUARANTINED'), undefined);
    expect(missingTags(wanted, { 'parbake:user': 'alice', team: 'a' })).toStrictEqual({
      set: {},
      remove: ['parbake:user'],
    });
  });

  test('that are right already are left alone', () => {
    const wanted = wantedTags(instance('ASSIGNED'), assignment);
    expect(missingTags(wanted, wanted.set)).toStrictEqual({ set: {}, remove: [] });
  });

  test('that are longer than EC2 takes are cut', () => {
    const wanted = wantedTags(instance('ASSIGNED'), { ...assignment, environment: 'x'.repeat(300) });
    expect(wanted.set['parbake:environment']).toHaveLength(256);
  });
});
