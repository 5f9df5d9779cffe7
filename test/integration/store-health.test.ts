import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromStatus } from '../../proto/wire/status.ts';
import { assign, getInstance } from '../support/calls.ts';
import { readyAgent } from '../support/lone-coordinator.ts';
import { connectAgents } from '../fakes/simulated-agent.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const run = promisify(execFile);
let directory: string;
let process: CoordinatorProcess;
let clients: ReturnType<typeof connectCoordinator>;
let agents: ReturnType<typeof connectAgents>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parbake-health-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory]);
  const loopback = await reserveLoopback();
  process = await startCoordinatorProcess(directory, [
    '--listen',
    `${loopback}:0`,
    '--insecure-agents',
    '--http',
    `${loopback}:0`,
  ]);
  const [address = ''] = process.addresses;
  clients = connectCoordinator(address);
  agents = connectAgents(address);
});

afterAll(async () => {
  agents?.close();
  clients?.close();
  await process?.stop();
  await run('umount', [directory]);
  await rm(directory, { recursive: true });
});

const ask = async (path: string) => {
  const answer = await fetch(new URL(path, process.urls[0]));
  return { status: answer.status, text: await answer.text() };
};
const metric = async (name: string): Promise<number> => {
  const { text } = await ask('metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

/** What gRPC's health service says of a service. */
async function healthOf(name: string): Promise<unknown> {
  const method = service['Check'] ?? service['check'];
  if (method === undefined) throw new Error('the health service has no Check');
  const { path, requestSerialize, responseDeserialize } = method;
  const client = new Client(process.addresses[0] ?? '', credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: object): void => {
        if (error === null && answer !== undefined && 'status' in answer) resolve(answer.status);
        else reject(error ?? new Error('the health service said nothing'));
      };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: name }, done);
    });
  } finally {
    client.close();
  }
}
const isServing = async (name: string): Promise<boolean> =>
  [1, 'SERVING'].includes((await healthOf(name)) as number | string);

test('A15: a full disk shows in /healthz, in a metric and in gRPC health, and so does its end', async () => {
  const { instanceId } = await readyAgent({ clients, agents }, { role: 'web', userEnv: ['LARGE'] });
  expect(await ask('healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await metric('parbake_store_failing')).toBe(0);
  const filler = join(directory, 'filler');
  await writeFile(filler, Buffer.alloc(8 * 1024 ** 2)).catch(() => {});
  // Larger than what is free within the store's own files.
  const env = { LARGE: 'x'.repeat(90_000) };
  const codeOf = async (user: string): Promise<string> =>
    await assign(clients, { user, role: 'web', env }, 2_000).then(
      () => '',
      (cause: unknown) => fromStatus(cause).code,
    );
  await waitFor('the store to refuse', async () => (await codeOf(randomUUID())) === 'STORE_FAILED');
  // Asked at once: small changes still fit, so the coordinator calls the store well again after a few seconds.
  const [healthz, failing, failures, ...serving] = await Promise.all([
    ask('healthz'),
    metric('parbake_store_failing'),
    metric('parbake_store_failures_total'),
    isServing(''),
    isServing('parbake.v1.AssignmentService'),
    isServing('parbake.v1.FleetService'),
  ]);
  expect(healthz.status).toBe(503);
  expect(healthz.text).toContain('disk is full');
  expect(failing).toBe(1);
  expect(failures).toBeGreaterThan(0);
  // Reads go on.
  expect(serving).toEqual([false, false, true]);
  expect((await getInstance(clients, instanceId)).state).toBe('INSTANCE_STATE_READY');
  await rm(filler);
  await waitFor('the recovery', async () => (await ask('healthz')).status === 200);
  expect(await metric('parbake_store_failing')).toBe(0);
  expect(await isServing('parbake.v1.AssignmentService')).toBe(true);
  const { assignment } = await assign(clients, { user: 'alice', role: 'web' });
  expect(assignment?.instanceId).toBe(instanceId);
});
