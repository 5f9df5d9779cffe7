import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { githubToken, startFakeGitHub, type FakeGitHub } from '../fakes/github.ts';
import { aWorkflowJob, deliver, webhookSecret, type WorkflowJobOptions } from '../fakes/github-payloads.ts';
import { answered, listAssignments } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const config = 'ACTIONS_RUNNER_INPUT_JITCONFIG';
let directory: string;
let github: FakeGitHub;
let coordinator: LoneCoordinator;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-runners-'));
  github = await startFakeGitHub();
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return name;
  };
  file(
    'repositories.yaml',
    `apiVersion: parbake/v1
kind: Repositories
github: { url: '${github.url}', token: ${file('token', githubToken)}, webhook_secret: ${file('secret', webhookSecret)} }
repositories:
  acme/shop: { zone: shop.preview.test, roles: [web], runners: { parbake: runner } }
`,
  );
  coordinator = await startLoneCoordinator([
    ...['--zone', 'preview.test', '--repositories', join(directory, 'repositories.yaml')],
    ...['--webhook-listen', `${await reserveLoopback()}:0`],
  ]);
  const roles = [{ name: 'runner', userEnv: [config] }];
  await answered((done) => coordinator.clients.fleet.applyRoles({ roles }, done));
});

afterAll(async () => {
  await coordinator.close();
  await github.close();
  rmSync(directory, { recursive: true, force: true });
});

const send = async (job: WorkflowJobOptions): Promise<void> => {
  expect((await deliver(coordinator.process.webhook, 'workflow_job', aWorkflowJob(job))).status).toBe(202);
};
const agent = () => readyAgent(coordinator, { role: 'runner', userEnv: [config] });
const runners = async () =>
  (await listAssignments(coordinator.clients, { liveOnly: true })).filter(
    ({ owner, state }) => owner === 'runner/acme/shop' && state !== 'ASSIGNMENT_STATE_RELEASING',
  );
const runnersAre = (count: number) =>
  waitFor(`${count} runners`, async () => (await runners()).length === count, 20_000);

test('a job has a runner with a configuration of its own, and one that is cancelled gives it back', async () => {
  const first = await agent();
  await send({ id: 1, action: 'queued', labels: ['self-hosted', 'parbake'] });
  await runnersAre(1);
  const [runner] = await runners();
  await waitFor('the order', () =>
    first.desired.some(({ order }) => order?.env[config] === `config of ${runner?.user}`),
  );
  // It has the job now, so another job needs another runner.
  await agent();
  await send({ id: 1, action: 'in_progress', labels: ['parbake'], runner: runner?.user ?? '' });
  await send({ id: 2, action: 'queued', labels: ['parbake'] });
  await runnersAre(2);
  await send({ id: 2, action: 'completed', labels: ['parbake'] });
  await runnersAre(1);
  expect((await runners())[0]?.user).toBe(runner?.user);
});

test('no runner for labels of others, and none for a fork', async () => {
  const before = (await runners()).length;
  await send({ id: 10, action: 'queued', labels: ['ubuntu-latest'] });
  await send({ id: 11, action: 'queued', labels: ['parbake', 'gpu'] });
  github.sources.set(12, 666);
  await send({ id: 12, action: 'queued', labels: ['parbake'], runId: 12 });
  await waitFor('GitHub to be asked', () => github.calls.includes('GET /repos/acme/shop/actions/runs/12'));
  await agent();
  await send({ id: 13, action: 'queued', labels: ['parbake'] });
  await runnersAre(before + 1);
  expect((await runners()).some(({ user }) => user.startsWith('parbake-12-'))).toBe(false);
});
