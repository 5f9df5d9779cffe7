import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority } from '../../coordinator/trust/certificates.ts';
import { assign, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: LoneCoordinator;
let directory: string;
const certificateKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-leaf-'));
  await makeAuthority(directory, []);
  const issuer = ['--issuer-cert', join(directory, 'ca.pem'), '--issuer-key', join(directory, 'ca.key')];
  coordinator = await startLoneCoordinator([
    ...issuer,
    ...['--certificate-ttl', '10s', '--zone', 'preview.test'],
  ]);
});

afterAll(async () => {
  await coordinator.close();
  rmSync(directory, { recursive: true });
});

const namesOf = (chain: readonly Buffer[] = []) => new X509Certificate(chain[0] ?? '').subjectAltName;

test('an order brings a certificate for its names, which is renewed until the assignment is released', async () => {
  const agent = await readyAgent(coordinator, { role: 'web', certificateKey });
  const routes = [{ name: 'shop.preview.test', port: 8080 }];
  const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web', routes });
  const { assignmentId = '' } = assignment ?? {};
  const names = `URI:spiffe://parbake/assignment/${assignmentId}, DNS:shop.preview.test`;
  const first = agent.desired.at(-1)?.order?.certificate;
  expect(namesOf(first?.chain)).toBe(names);
  const certificate = new X509Certificate(first?.chain[0] ?? '');
  expect(certificate.checkPrivateKey(certificateKey)).toBe(true);
  const root = new X509Certificate(first?.authorities[0] ?? '');
  expect([certificate.verify(root.publicKey), root.ca]).toEqual([true, true]);
  await waitFor('the renewal', () => {
    agent.heartbeat({ observedGeneration: agent.desired.at(-1)?.generation ?? 0 });
    return agent.renewed.length > 0;
  });
  expect(namesOf(agent.renewed[0]?.chain)).toBe(names);
  expect(agent.renewed[0]?.chain[0]).not.toEqual(first?.chain[0]);
  await release(coordinator.clients, assignmentId);
  await waitFor('the order to stop', () => agent.desired.at(-1)?.phase === 'DESIRED_PHASE_STOP');
  expect(agent.desired.at(-1)?.order?.certificate).toBeNull();
});

test('an agent whose roles take none gets none', async () => {
  const agent = await readyAgent(coordinator, { role: 'plain' });
  await assign(coordinator.clients, { user: 'bob', role: 'plain' });
  expect(agent.desired.at(-1)?.order?.certificate).toBeNull();
});
