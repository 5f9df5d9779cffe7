import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { doors, isAllowed, permissions } from '../../coordinator/core/permissions.ts';
import { principalKinds } from '../../coordinator/core/principal.ts';
import { Principals, type PrincipalOptions } from '../../coordinator/trust/principal.ts';
import { targetOf } from '../../coordinator/trust/target.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { TestAuthority, type Issued } from '../testbed/certificates.ts';

describe('the table of permissions', () => {
  test('has a row for every method of every service, and no other', () => {
    const v1 = parbakeV1(
      ...(['AgentService', 'AttestService', 'TrustService', 'AssignmentService', 'FleetService'] as const),
      ...(['ImageService', 'PoolService', 'PreviewService', 'RouteService'] as const),
      'TelemetryService',
    );
    const ours = Object.values(v1).flatMap(({ service }) => Object.values(service).map(({ path }) => path));
    const rows = Object.keys(permissions);
    expect(rows.filter((path) => path.startsWith('/parbake.')).sort()).toEqual(ours.sort());
  });

  test('whatever has no row is allowed to nobody, through any door', () => {
    for (const door of Object.keys(doors) as (keyof typeof doors)[])
      for (const kind of principalKinds) expect(isAllowed('/parbake.v1.None/Such', door, kind)).toBe(false);
  });

  test('no agent comes in where callers do, and no caller where agents do', () => {
    for (const method of Object.keys(permissions)) {
      expect(isAllowed(method, 'api', 'agent')).toBe(false);
      expect(isAllowed(method, 'local', 'agent')).toBe(false);
      for (const kind of ['client', 'reader', 'operator', 'bootstrap'] as const)
        expect(isAllowed(method, 'agents', kind)).toBe(false);
    }
  });
});

describe('a certificate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-principal-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const authority = new TestAuthority(directory);
  let count = 0;
  const certificate = (issued: Issued): X509Certificate => {
    const { certificate: file } = authority.issue(`c${count++}`, issued);
    expect(existsSync(file)).toBe(true);
    return new X509Certificate(readFileSync(file));
  };
  const identify = (shown: X509Certificate, options: Partial<PrincipalOptions> = {}) =>
    new Principals({
      trustDomain: 'parbake',
      serials: { isActive: () => true },
      isSharedAllowed: false,
      now: () => Date.now(),
      ...options,
    }).identify(shown.raw, shown.fingerprint256).principal;
  const of = (path: string): Issued => ({ names: `URI:spiffe://parbake/${path}` });

  test.each([
    ['agent/i-0a1b', { kind: 'agent', name: 'i-0a1b' }],
    ['client/web.backend', { kind: 'client', name: 'web.backend' }],
    ['reader/grafana', { kind: 'reader', name: 'grafana' }],
    ['operator/alice', { kind: 'operator', name: 'alice' }],
  ])('%s is who its URI says', (path, principal) => {
    expect(identify(certificate(of(path)))).toEqual(principal);
  });

  test.each<[string, Issued, RegExp]>([
    ['without names', {}, /0 URIs/],
    ['with a DNS name only', { names: 'DNS:i-0a1b' }, /0 URIs/],
    ['with two URIs', { names: `${of('agent/i-1').names},URI:spiffe://parbake/operator/eve` }, /2 URIs/],
    ['of another trust domain', { names: 'URI:spiffe://other/operator/eve' }, /another trust domain/],
    ['of a kind that there is not', of('admin/eve'), /names no agent/],
    ['without a name', of('operator'), /no valid name/],
    ['whose name is a path', of('agent/i-1/../i-2'), /names no agent/],
    ['whose name has other characters', of('agent/i-1%2f'), /no valid name/],
    ['of a server', { ...of('agent/i-1'), usage: 'serverAuth' }, /clientAuth/],
    ['without usages', { ...of('agent/i-1'), usage: '' }, /clientAuth/],
    ['that agents share', of('agent'), /names no instance/],
  ])('%s is refused', (_, issued, reason) => {
    expect(() => identify(certificate(issued))).toThrow(reason);
  });

  test('of a CA is refused, and so is what is no certificate', () => {
    expect(() => identify(new X509Certificate(readFileSync(authority.ca)))).toThrow(/of a CA/);
    const principals = new Principals({
      trustDomain: 'parbake',
      serials: { isActive: () => true },
      isSharedAllowed: false,
      now: () => Date.now(),
    });
    expect(() => principals.identify(Buffer.from('none'), 'x')).toThrow(/cannot be read/);
  });

  test('that agents share names no instance where it is accepted', () => {
    expect(identify(certificate(of('agent')), { isSharedAllowed: true })).toEqual({
      kind: 'agent',
      name: '',
    });
  });

  test('is refused after its end, though it was accepted before', () => {
    const shown = certificate(of('agent/i-1'));
    let now = Date.now();
    const principals = new Principals({
      trustDomain: 'parbake',
      serials: { isActive: () => true },
      isSharedAllowed: false,
      now: () => now,
    });
    const { notAfter } = principals.identify(shown.raw, shown.fingerprint256);
    now = notAfter + 1;
    expect(() => principals.identify(shown.raw, shown.fingerprint256)).toThrow(/expired/);
  });

  test('of an instance is refused once another one is its active one', () => {
    const shown = certificate(of('agent/i-1'));
    const serials = {
      isActive: (id: string, serial: string) => id === 'i-1' && serial !== shown.serialNumber,
    };
    expect(() => identify(shown, { serials })).toThrow(/replaced or revoked/);
  });
});

test('the target of a call is what its request names, cut and printable', () => {
  expect(targetOf({ instanceId: 'i-1', lost: true })).toBe('i-1');
  expect(targetOf({ assignmentId: '', requestId: 'r\u001b[31m' })).toBe('r [31m');
  expect(targetOf({ user: 'u'.repeat(500) })).toHaveLength(128);
  expect(targetOf({ roles: [] })).toBe('');
  expect(targetOf(null)).toBe('');
});
