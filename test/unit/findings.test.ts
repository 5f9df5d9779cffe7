import { describe, expect, test } from 'vitest';
import { fleetFindings, validityFinding } from '../../coordinator/cli/findings.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { Role__Output } from '../../proto/gen/parbake/v1/Role.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const validity = (validFrom: string, validTo: string) => validityFinding('x', { validFrom, validTo }, now);

describe('a certificate', () => {
  test.each([
    ['Nov  1 00:00:00 2026 GMT', 'Nov  1 00:00:00 2027 GMT', 'ok', '334 days'],
    ['Nov  1 00:00:00 2026 GMT', 'Dec 10 12:00:00 2026 GMT', 'warning', '2026-12-10 12:00 UTC, 9 days'],
    ['Nov  1 00:00:00 2026 GMT', 'Dec  1 11:59:59 2026 GMT', 'failed', 'expired on 2026-12-01 11:59 UTC'],
    ['Dec  2 00:00:00 2026 GMT', 'Dec 10 12:00:00 2027 GMT', 'failed', 'is valid from 2026-12-02'],
  ])('from %s to %s: %s', (from, to, result, detail) => {
    const found = validity(from, to);
    expect(found.result).toBe(result);
    expect(found.detail).toContain(detail);
    expect(found.action === '').toBe(result === 'ok');
  });
});

describe('the fleet', () => {
  const instance = (instanceId: string, more: Partial<Instance__Output> = {}): Instance__Output =>
    ({
      instanceId,
      state: 'INSTANCE_STATE_READY',
      silentSince: null,
      facts: { agentVersion: '1.2.0' },
      ...more,
    }) as Instance__Output;
  const role = (name: string, readyInstances: number, waitingAssignments = 0): Role__Output =>
    ({ name, readyInstances, waitingAssignments }) as Role__Output;
  const found = (instances: readonly Instance__Output[], roles: readonly Role__Output[]) =>
    Object.fromEntries(
      fleetFindings(instances, roles, '1.2.0').map(({ check, result, detail }) => [
        check,
        `${result}: ${detail}`,
      ]),
    );

  test('in which nothing needs anybody', () => {
    expect(found([instance('i-1')], [role('web', 1)])).toEqual({
      pools: 'ok: 1 role, each with an instance that is ready',
      quarantine: 'ok: no instance is quarantined',
      agents: 'ok: no instance is silent',
      versions: 'ok: every agent is 1.2.0, as this program is',
    });
  });

  test('in which something does is told by name, and a long list is cut', () => {
    const quarantined = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'].map((id) =>
      instance(id, { state: 'INSTANCE_STATE_QUARANTINED' }),
    );
    const silent = instance('i-6', { silentSince: { seconds: 1, nanos: 0 } });
    const older = { facts: { agentVersion: '1.1.0' } as Instance__Output['facts'] };
    expect(
      found([...quarantined, silent, instance('i-7', older)], [role('web', 1), role('api', 0, 2)]),
    ).toEqual({
      pools: 'warning: no instance is ready for api; 2 requests wait',
      quarantine: 'warning: i-1, i-2, i-3 and 2 more are quarantined',
      agents: 'warning: i-6 is silent',
      versions: 'warning: this program is 1.2.0, and of the agents 1 runs 1.1.0',
    });
  });
});
