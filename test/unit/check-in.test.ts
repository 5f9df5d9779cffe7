import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkIn } from '../../agent/session/check-in.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { AgentServiceHandlers } from '../../proto/gen/parbake/v1/AgentService.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { toStatus } from '../../proto/wire/status.ts';
import { connectAgents } from '../fakes/simulated-agent.ts';

let server: Server;
let client: AgentServiceClient;
let refusals: ParbakeError[];
let callers: string[];

const CheckIn: AgentServiceHandlers['CheckIn'] = (call, answer) => {
  callers.push(call.getPeer());
  const refusal = refusals.shift();
  if (refusal === undefined) answer(null, { sessionId: 's-1' });
  else answer(toStatus(refusal));
};

beforeAll(async () => {
  server = new Server();
  const { CheckIn: method } = parbakeV1('AgentService').AgentService.service;
  const handlers: UntypedServiceImplementation = { CheckIn };
  server.addService({ CheckIn: method }, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  client = connectAgents(`127.0.0.1:${port}`);
});

beforeEach(() => {
  [refusals, callers] = [[], []];
});

afterAll(() => {
  client.close();
  server.forceShutdown();
});

const { signal } = new AbortController();

test('a busy coordinator is asked again on the same connection, not before it said', async () => {
  const busy = (retryAfterMs: number) =>
    new ParbakeError('COORDINATOR_BUSY', 'others wait', { retryAfterMs });
  refusals = [busy(20), busy(30)];
  const waits: number[] = [];
  const onBusy = (waitMs: number): void => void waits.push(waitMs);
  const { sessionId } = await checkIn(client, () => ({}), { random: () => 0, signal, onBusy });
  expect(sessionId).toBe('s-1');
  expect(waits).toEqual([20, 30]);
  expect(callers).toHaveLength(3);
  expect(new Set(callers).size).toBe(1);
});

test('any other refusal is told at once', async () => {
  refusals = [new ParbakeError('INSTANCE_ID_TAKEN', 'another machine has it')];
  const onBusy = (): void => {};
  const refused = checkIn(client, () => ({}), { random: () => 0, signal, onBusy });
  await expect(refused).rejects.toMatchObject({ code: 'INSTANCE_ID_TAKEN' });
  expect(callers).toHaveLength(1);
});
