import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokenPrincipal } from '../../coordinator/core/access-token.ts';
import { composeFleet } from '../../coordinator/serve/fleet.ts';
import { startServer, type RunningServer } from '../../coordinator/serve/server.ts';
import type { TrustParts } from '../../coordinator/serve/trust.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { createLogger } from '../../proto/process/log.ts';
import {
  clientOptions,
  listenerCredentials,
  optionalClientCredentials,
  serverOnlyCredentials,
} from '../../proto/wire/channel.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { aTrust, anAuthoriser } from '../support/authorisers.ts';
import { aCheckIn, at } from '../support/store-builders.ts';
import { makeCertificates } from '../testbed/certificates.ts';

const directory = mkdtempSync(join(tmpdir(), 'parbake-tokens-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const certificates = makeCertificates(directory);
const tls = {
  ca: readFileSync(certificates.ca),
  certificate: readFileSync(certificates.server.certificate),
  key: readFileSync(certificates.server.key),
};
const day = 86_400_000;
const service = (name: string): string => `/parbake.v1.${name}`;

describe('a token', () => {
  let store: Store;
  let trust: TrustParts;
  let server: RunningServer;
  let api: Client;
  let agents: Client;
  let local: Client;

  beforeEach(async () => {
    const logger = createLogger('test', 'silent');
    store = await openSqliteStore(':memory:');
    trust = await aTrust(store, logger);
    const authoriser = anAuthoriser(logger, trust);
    trust.onRevoked(() => authoriser.recheck());
    const address = '127.0.0.1:0';
    server = await startServer(
      composeFleet(store, logger),
      [
        { address, door: 'api', credentials: optionalClientCredentials(tls) },
        { address, door: 'agents', credentials: optionalClientCredentials(tls) },
        { address, door: 'local', credentials: listenerCredentials(address, undefined) },
      ],
      { authoriser, trust, reflection: false, logger },
    );
    const [apiAddress = '', agentsAddress = '', localAddress = ''] = server.addresses;
    const over = (at: string): Client =>
      new Client(at, serverOnlyCredentials(at, tls), clientOptions(at, {}));
    [api, agents] = [over(apiAddress), over(agentsAddress)];
    local = new Client(localAddress, credentials.createInsecure(), clientOptions(localAddress, {}));
  });

  afterEach(async () => {
    for (const client of [api, agents, local]) client.close();
    await server.close();
    await store.close();
  });

  const create = async (principal: string, ttlMs = day) => {
    const found = tokenPrincipal(principal);
    if (found === undefined) throw new Error(`${principal} has no tokens`);
    return await trust.tokens.create(found, ttlMs);
  };
  const headers = (authorization: string | undefined): Metadata => {
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set('authorization', authorization);
    return metadata;
  };
  /** @returns OK, or the code that the call failed with */
  const call = (client: Client, method: string, authorization?: string): Promise<string> =>
    new Promise((resolve) => {
      const bytes = (message: Buffer): Buffer => message;
      const done = (error: ServiceError | null): void =>
        resolve(error === null ? 'OK' : fromStatus(error).code);
      client.makeUnaryRequest(service(method), bytes, bytes, Buffer.alloc(0), headers(authorization), done);
    });
  const [instances, assignments] = ['FleetService/ListInstances', 'AssignmentService/ListAssignments'];

  test('proves a caller without a certificate, who may what its principal may', async () => {
    const client = await create('client/web');
    expect(await call(api, assignments, `Bearer ${client.secret}`)).toBe('OK');
    expect(await call(api, instances, `Bearer ${client.secret}`)).toBe('PERMISSION_DENIED');
    const reader = await create('reader/eve');
    expect(await call(api, instances, `Bearer ${reader.secret}`)).toBe('OK');
    expect(await call(api, 'TrustService/ListTokens', `Bearer ${reader.secret}`)).toBe('PERMISSION_DENIED');
  });

  test.each([
    ['no token', undefined],
    ['a token that there is not', `Bearer parbake_${'A'.repeat(43)}`],
    ['no shape of one', 'Bearer x'],
    ['another scheme', 'Basic YWRtaW46YWRtaW4='],
    ['nothing', ''],
  ])('%s is refused', async (_, authorization) => {
    expect(await call(api, assignments, authorization)).toBe('UNAUTHENTICATED');
  });

  test('names its principal on the local socket too, and a wrong one is nobody there', async () => {
    expect(await call(local, instances)).toBe('OK');
    const { secret } = await create('client/web');
    expect(await call(local, instances, `Bearer ${secret}`)).toBe('PERMISSION_DENIED');
    expect(await call(local, instances, `Bearer ${secret.slice(0, -1)}`)).toBe('UNAUTHENTICATED');
  });

  test('is worth nothing where agents call', async () => {
    const { secret } = await create('operator/alice');
    expect(await call(agents, 'AgentService/CheckIn', `Bearer ${secret}`)).toBe('UNAUTHENTICATED');
    expect(tokenPrincipal('agent/i-1')).toBeUndefined();
  });

  test('ends: when it expires, and at once when it is revoked, with its open streams', async () => {
    const expired = await create('reader/eve', -1);
    expect(await call(api, instances, `Bearer ${expired.secret}`)).toBe('UNAUTHENTICATED');
    const { secret, token } = await create('reader/eve');
    const bytes = (message: Buffer): Buffer => message;
    const stream = api.makeServerStreamRequest(
      service('TelemetryService/WatchEvents'),
      bytes,
      bytes,
      Buffer.alloc(0),
      headers(`Bearer ${secret}`),
    );
    const begun = new Promise<void>((resolve) => stream.once('metadata', () => resolve()));
    const ended = new Promise<string>((resolve) =>
      stream.on('error', (cause) => resolve(fromStatus(cause).code)),
    );
    stream.resume();
    // What the coordinator sends first says that the stream is open.
    await store.admit(aCheckIn('i-1'), 'session', at(1));
    await begun;
    await trust.tokens.revoke(token.tokenId);
    expect(await ended).toBe('UNAUTHENTICATED');
    expect(await call(api, instances, `Bearer ${secret}`)).toBe('UNAUTHENTICATED');
    await expect(trust.tokens.revoke(token.tokenId)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  });

  test('is kept as a hash, and known after a restart', async () => {
    const { secret, token } = await create('operator/alice');
    expect(JSON.stringify(await store.accessTokens())).not.toContain(secret);
    const again = await aTrust(store, createLogger('test', 'silent'));
    expect(again.tokens.identify(secret, Date.now()).principal).toEqual({ kind: 'operator', name: 'alice' });
    expect(again.tokens.list(Date.now()).map(({ tokenId }) => tokenId)).toEqual([token.tokenId]);
  });
});
