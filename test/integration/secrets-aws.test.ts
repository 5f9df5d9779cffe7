import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromStatus } from '../../proto/wire/status.ts';
import { assign } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { motoRegion, startMoto, type Moto } from '../testbed/moto.ts';

const codeOf = (cause: unknown): string => fromStatus(cause).code;
const secret = 'kX9-of-aws-7c2f51';
const directory = mkdtempSync(join(tmpdir(), 'parbake-aws-secrets-'));
const rules = join(directory, 'rules.yaml');
let moto: Moto;

beforeAll(async () => {
  writeFileSync(
    rules,
    "apiVersion: parbake/v1\nrules: [{ secrets: [shop/*], roles: [web], callers: ['*'] }]\n",
  );
  moto = await startMoto(directory);
  const { endpoint } = moto;
  const options = { region: motoRegion, endpoint, credentials: { accessKeyId: 't', secretAccessKey: 't' } };
  const ssm = new SSMClient(options);
  await ssm.send(new PutParameterCommand({ Name: '/parbake/shop/db', Value: secret, Type: 'SecureString' }));
  await ssm.send(new PutParameterCommand({ Name: '/shop/db', Value: 'outside', Type: 'String' }));
  const manager = new SecretsManagerClient(options);
  await manager.send(new CreateSecretCommand({ Name: 'parbake/shop/db', SecretString: secret }));
  await manager.send(new CreateSecretCommand({ Name: 'parbake/shop/raw', SecretBinary: Buffer.of(1, 2) }));
});

afterAll(async () => {
  await moto.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.each(['ssm', 'secretsmanager'])('secrets of %s', (service) => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    const place = `${service}:${motoRegion}/parbake`;
    coordinator = await startLoneCoordinator(['--secrets', place, '--secret-rules', rules], moto.env);
  });

  afterAll(() => coordinator.close());

  const ask = (env: Record<string, string>, role = 'web') =>
    assign(coordinator.clients, { user: 'alice', role, env }, 10_000);

  test('reach the instance, and nothing that the coordinator keeps', async () => {
    const agent = await readyAgent(coordinator, { role: 'web', userEnv: ['URL'] });
    await ask({ URL: 'postgres://web:${secret:shop/db}@db' });
    expect(agent.desired.at(-1)?.order?.env).toEqual({ URL: `postgres://web:${secret}@db` });
    const hasSecret = (name: string): boolean =>
      readFileSync(join(coordinator.directory, name)).includes(secret);
    expect(readdirSync(coordinator.directory).filter(hasSecret)).toEqual([]);
  });

  test.each([
    ['that does not exist', { URL: '${secret:shop/none}' }, 'web', 'SECRET_NOT_FOUND'],
    ['for another role', { URL: '${secret:shop/db}' }, 'batch', 'SECRET_NOT_ALLOWED'],
    ['outside of the rules', { URL: '${secret:other}' }, 'web', 'SECRET_NOT_ALLOWED'],
  ])('one %s is refused', async (_, env, role, code) => {
    await expect(ask(env, role).catch(codeOf)).resolves.toBe(code);
  });
});

test('a secret that is not text is refused', async () => {
  const place = `secretsmanager:${motoRegion}/parbake`;
  const coordinator = await startLoneCoordinator(['--secrets', place, '--secret-rules', rules], moto.env);
  try {
    const env = { URL: '${secret:shop/raw}' };
    const refused = assign(coordinator.clients, { user: 'alice', role: 'web', env }, 10_000);
    await expect(refused.catch(codeOf)).resolves.toBe('SECRET_UNAVAILABLE');
  } finally {
    await coordinator.close();
  }
});

test('a secret store that does not answer holds up only the order that names it', async () => {
  const asked = Promise.withResolvers<Socket>();
  const silent = createServer((socket) => asked.resolve(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const place = `ssm:${motoRegion}/parbake`;
  const coordinator = await startLoneCoordinator(['--secrets', place, '--secret-rules', rules], {
    ...moto.env,
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}`,
  });
  try {
    await readyAgent(coordinator, { role: 'web', userEnv: ['URL'] });
    const order = { user: 'slow', role: 'web', env: { URL: '${secret:shop/db}' } };
    const slow = assign(coordinator.clients, order, 30_000).catch(codeOf);
    const socket = await asked.promise;
    const quick = await assign(coordinator.clients, { user: 'quick', role: 'web', env: { URL: 'plain' } });
    expect(quick.assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    // The SDK tries again where nobody listens any more.
    silent.close();
    socket.destroy();
    await expect(slow).resolves.toBe('SECRET_UNAVAILABLE');
  } finally {
    silent.close();
    await coordinator.close();
  }
});
