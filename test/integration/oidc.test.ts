import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { startOidcIssuer, type OidcIssuer } from '../fakes/oidc-issuer.ts';
import { runInside } from '../support/run-command.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { waitFor } from '../testbed/wait.ts';

describe('tokens of an OpenID Connect issuer', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-oidc-'));
  const socket = `unix:${join(directory, 'coordinator.sock')}`;
  let issuer: OidcIssuer;
  let coordinator: CoordinatorProcess;

  beforeAll(async () => {
    issuer = await startOidcIssuer();
    coordinator = await startCoordinatorProcess(directory, [
      ...['--listen', socket, '--oidc-issuer', issuer.url, '--oidc-audience', 'parbake'],
      ...['--oidc-map', 'groups=platform:operator/{preferred_username}'],
      ...['--oidc-map', 'sub=repo:acme/shop:*:client/shop'],
    ]);
  });

  afterAll(async () => {
    await coordinator?.stop();
    await issuer?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const call = async (token: string, ...args: string[]): Promise<string> => {
    const file = join(directory, 'token');
    writeFileSync(file, token);
    const { stdout, stderr } = await runInside(operatorProgram, [
      ...(args.length > 0 ? args : ['instances']),
      ...['--json', '--coordinator', socket, '--token-file', file],
    ]);
    return stdout + stderr;
  };
  const admitted = '{"instances":[]}\n';
  const alice = { groups: ['sales', 'platform'], preferred_username: 'alice' };

  test('keys are asked for once, and the caller is who the claims say', async () => {
    const token = await issuer.sign(alice);
    expect(await call(token)).toBe(admitted);
    expect(await call(await issuer.sign({ ...alice, preferred_username: 'bob' }))).toBe(admitted);
    expect(issuer.asked).toBe(1);
    await waitFor('the audit', () => coordinator.log().includes('"principal":"operator/bob"'));
  });

  test('a client is a client, whatever else the token says', async () => {
    const token = await issuer.sign({ sub: 'repo:acme/shop:ref:refs/heads/main', role: 'operator' });
    expect(await call(token, 'assignments')).toContain('"assignments":[]');
    expect(await call(token, 'drain', 'i-1')).toContain('client/shop may not call');
  });

  test.each<[string, () => Promise<string>, string]>([
    ['for another audience', () => issuer.sign(alice, { audience: 'other' }), 'unexpected "aud"'],
    ['of another issuer', () => issuer.sign(alice, { issuer: 'https://evil.example' }), 'unexpected "iss"'],
    ['that has expired', () => issuer.sign(alice, { expires: '-5m' }), '"exp" claim timestamp check failed'],
    [
      'with a forged signature',
      () => issuer.sign(alice, { isForged: true }),
      'signature verification failed',
    ],
    ['without a signature', () => issuer.sign(alice).then(unsigned), '"alg" (Algorithm)'],
    ['that fits no rule', () => issuer.sign({ groups: 'platforms' }), 'no --oidc-map'],
    ['of a fork', () => issuer.sign({ sub: 'repo:acme/shopping:x' }), 'no --oidc-map'],
    ['whose name is no name', () => issuer.sign({ ...alice, preferred_username: 'a/../b' }), 'not the name'],
    ['without a name', () => issuer.sign({ groups: ['platform'] }), 'not the name'],
  ])('a token %s is refused', async (_, make, reason) => {
    const said = await call(await make());
    expect(said).toContain('UNAUTHENTICATED');
    expect(said).toContain(reason);
  });

  test('while the issuer is away, its known keys serve, and a coordinator without them says so', async () => {
    const token = await issuer.sign(alice);
    issuer.isUp = false;
    expect(await call(token)).toBe(admitted);
    await coordinator.stop();
    coordinator = await startCoordinatorProcess(directory, [
      ...['--listen', socket, '--oidc-issuer', issuer.url, '--oidc-audience', 'parbake'],
      ...['--oidc-map', 'groups=platform:reader/{preferred_username}'],
    ]);
    expect(await call(token)).toContain('OIDC_UNAVAILABLE');
    issuer.isUp = true;
    await issuer.rotate();
    const newer = await issuer.sign(alice);
    await waitFor('the keys to be asked for again', async () => (await call(newer)) === admitted);
  });
});

/** As a library would read it that believes what a token says of its own signature. */
function unsigned(token: string): string {
  const [, claims = ''] = token.split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.AA`;
}
