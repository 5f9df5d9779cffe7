import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { runInside } from '../support/run-command.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: LoneCoordinator;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-operators-'));
  coordinator = await startLoneCoordinator();
});

afterAll(async () => {
  await coordinator.close();
  rmSync(directory, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  runInside(operatorProgram, [...args, '--coordinator', coordinator.address]);
const json = async (...args: string[]) => {
  const { exit, stdout, stderr } = await run(...args, '--json');
  expect({ exit, stderr }).toMatchObject({ exit: 0 });
  return JSON.parse(stdout) as unknown;
};
const stateOf = async (instanceId: string) =>
  (await getInstance(coordinator.clients, instanceId)).state.replace('INSTANCE_STATE_', '');
/** An instance that serves a role of its own, so that tests do not take each other's. */
const served = async (user: string) => {
  const role = `r-${randomUUID()}`;
  const agent = await readyAgent(coordinator, { role });
  const { assignment } = await assign(coordinator.clients, { user, role, environment: 'main' });
  return { agent, role, instanceId: agent.instanceId, assignmentId: assignment?.assignmentId ?? '' };
};

test('assignments are listed by each filter, and one shows its attempts', async () => {
  const role = `r-${randomUUID()}`;
  const broken = await readyAgent(coordinator, { role, outcome: 'FAILED' });
  const answer = assign(coordinator.clients, { user: 'carol', role, environment: 'main' });
  await waitFor(
    'the first attempt to fail',
    async () => (await stateOf(broken.instanceId)) === 'QUARANTINED',
  );
  // It is taken as soon as it is READY.
  const healthy = await startSimulatedAgent(coordinator.agents, { instanceId: `i-${randomUUID()}`, role });
  const id = (await answer).assignment?.assignmentId ?? '';
  for (const filter of [
    ['--user', 'carol'],
    ['--role', role],
    ['--instance', healthy.instanceId],
    ['--role', role, '--environment', 'main', '--state', 'SERVING', '--live'],
  ])
    expect(await json('assignments', ...filter)).toMatchObject({
      assignments: [{ assignment_id: id, state: 'SERVING' }],
      has_more: false,
    });
  expect(await json('assignments', '--role', role, '--state', 'RELEASED')).toMatchObject({ assignments: [] });
  expect(await json('assignment', id)).toMatchObject({
    assignment_id: id,
    attempts: [
      {
        number: 1,
        instance_id: broken.instanceId,
        outcome: 'FAILED',
        fault: 'MACHINE',
        reason: 'DOCKER_FAILED',
      },
      {
        number: 2,
        instance_id: healthy.instanceId,
        outcome: 'RUNNING',
        ready_ms: expect.any(Number) as number,
      },
    ],
  });
  expect((await run('assignment', id)).stdout).toMatch(/^1 .* FAILED +MACHINE +DOCKER_FAILED: /m);
  expect((await run('assignment', 'as-unknown')).stderr).toContain('[ASSIGNMENT_NOT_FOUND]');
  expect((await run('assignment')).exit).toBe(2);
});

test('a list that is cut off says so', async () => {
  const role = `r-${randomUUID()}`;
  for (let count = 0; count < 3; count++) {
    await readyAgent(coordinator, { role });
    await assign(coordinator.clients, { user: 'dave', role });
  }
  const { stdout, stderr } = await run('assignments', '--user', 'dave', '--last', '2');
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stderr).toContain('There are older ones');
});

test('usage adds up what assignments used', async () => {
  const { instanceId, assignmentId } = await served('grace');
  await run('release', assignmentId);
  await waitFor('it to be RETIRED', async () => (await stateOf(instanceId)) === 'RETIRED');
  const used = await json('usage', '--by', 'user', '--user', 'grace', '--since', '1h');
  expect(used).toMatchObject({ by: 'user', usage: [{ user: 'grace', assignments: 1, sampled_seconds: 0 }] });
  const { stdout } = await run('usage', '--by', 'environment', '--user', 'grace');
  expect(stdout).toMatch(/^ENVIRONMENT +ASSIGNMENTS +INSTANCE TIME +SAMPLED +CPU +PEAK MEMORY /);
  expect(stdout).toMatch(/^main +1 +0:00:0\d +0 % +- +- /m);
  expect(await json('usage', '--by', 'role', '--user', 'nobody')).toEqual({ by: 'role', usage: [] });
  expect((await run('usage')).stderr).toContain('--by is required');
  const both = await run('usage', '--by', 'user', '--since', '1h', '--from', '2026-11-01T00:00:00Z');
  expect(both).toMatchObject({ exit: 2, stderr: expect.stringContaining('give one of them') as string });
});

test('extend gives an assignment a limit', async () => {
  const { assignmentId } = await served('erin');
  expect((await run('extend', assignmentId, '--ttl', '2h')).stdout).toMatch(/SERVING {2}expires 2\d{3}-/);
  expect((await run('extend', assignmentId)).exit).toBe(2);
});

test('drain says that the assignment stays, and the instance takes no other', async () => {
  const { instanceId, assignmentId } = await served('frank');
  const { exit, stdout, stderr } = await run('drain', instanceId);
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: `${instanceId}  DRAINING\n` });
  expect(stderr).toContain(`it keeps assignment ${assignmentId}`);
  await run('release', assignmentId);
  await waitFor('it to be RETIRED', async () => (await stateOf(instanceId)) === 'RETIRED');
});

test('release says what becomes of the machine', async () => {
  const { instanceId, assignmentId } = await served('erin');
  const kept = await run('release', assignmentId);
  expect(kept.stderr).toMatch(new RegExp(`^${instanceId} keeps running once the containers are gone`));
  expect(await json('release', assignmentId)).toMatchObject({
    already_released: true,
    after_release: 'KEEP',
  });
  const role = `r-${randomUUID()}`;
  const agent = await readyAgent(coordinator, { role, facts: { powersOff: true } });
  const { assignment } = await assign(coordinator.clients, { user: 'erin', role });
  const off = await run('release', assignment?.assignmentId ?? '');
  expect(off.stderr).toBe(`${agent.instanceId} powers itself off once the containers are gone.\n`);
});

test('retire says what it releases, and a dry run changes nothing', async () => {
  const { instanceId, assignmentId } = await served('grace');
  const dry = await run('retire', instanceId, '--dry-run');
  expect(dry.stdout).toMatch(new RegExp(`^Dry run: assignment ${assignmentId} .* is released`));
  expect(await stateOf(instanceId)).toBe('ASSIGNED');
  const { exit, stderr } = await run('retire', instanceId);
  expect(exit).toBe(0);
  expect(`Dry run: ${stderr}`).toBe(dry.stdout);
  await waitFor('it to be RETIRED', async () => (await stateOf(instanceId)) === 'RETIRED');
});

test('retire --lost refuses an instance that is connected, and ends one that is not', async () => {
  const { agent, instanceId, assignmentId } = await served('heidi');
  expect((await run('retire', instanceId, '--lost', '--dry-run')).stderr).toContain('[ILLEGAL_TRANSITION]');
  agent.cut();
  await waitFor('the silence', async () => !(await getInstance(coordinator.clients, instanceId)).connected);
  expect(await json('retire', instanceId, '--lost')).toMatchObject({
    dry_run: false,
    instance: { instance_id: instanceId, state: 'LOST' },
  });
  expect(await json('assignment', assignmentId)).toMatchObject({ state: 'FAILED', reason: 'INSTANCE_LOST' });
});

test('quarantine --clear refuses an instance that had a user, and needs --clear', async () => {
  const role = `r-${randomUUID()}`;
  const { instanceId } = await readyAgent(coordinator, { role, outcome: 'FAILED' });
  await assign(coordinator.clients, { user: 'ivan', role }, 1_500).catch(() => undefined);
  await waitFor('the quarantine', async () => (await stateOf(instanceId)) === 'QUARANTINED');
  expect((await run('quarantine', '--clear', instanceId)).stderr).toContain('[ILLEGAL_TRANSITION]');
  expect((await run('quarantine', instanceId)).exit).toBe(2);
});

test('quarantine --clear puts an instance that never had a user back', async () => {
  const role = `r-${randomUUID()}`;
  const facts = { engineId: `engine-${role}` };
  await readyAgent(coordinator, { role, facts });
  const instanceId = `i-${randomUUID()}`;
  await startSimulatedAgent(coordinator.agents, { instanceId, role, facts });
  await waitFor('the quarantine', async () => (await stateOf(instanceId)) === 'QUARANTINED');
  const { exit, stdout } = await run('quarantine', '--clear', instanceId);
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: `${instanceId}  CHECKED_IN\n` });
});

test('roles are applied with what happens on a loss, and are deleted', async () => {
  const file = join(directory, 'parbake.yaml');
  writeFileSync(
    file,
    `apiVersion: parbake/v1
images: [app:1]
roles: { doomed: { on_loss: replace, silent_after: 2m, containers: [{ name: app, image: app:1 }] } }
`,
  );
  const doomed = { name: 'doomed', on_loss: 'replace', silent_after_ms: 120_000, applied: true };
  expect(await json('roles', 'apply', file)).toMatchObject({
    roles: expect.arrayContaining([expect.objectContaining(doomed)]) as unknown,
  });
  expect((await run('roles', 'delete', 'doomed', '--dry-run')).stdout).toContain('No instance carries it');
  expect((await run('roles', 'list')).stdout).toMatch(/^doomed .* replace/m);
  const { exit, stderr } = await run('roles', 'delete', 'doomed');
  expect({ exit, stderr }).toMatchObject({
    exit: 0,
    stderr: expect.stringContaining('is forgotten') as string,
  });
  expect((await run('roles', 'list')).stdout).not.toContain('doomed');
  expect((await run('roles', 'delete', 'doomed')).stderr).toContain('[ROLE_UNKNOWN]');
  const lines = coordinator.process.log().split('\n');
  const audited = lines.filter(
    (line) => line.includes('"changed by an operator"') && line.includes('["doomed"]'),
  );
  expect(audited.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
    'roles applied',
    'role deleted',
  ]);
});
