import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { githubToken, startFakeGitHub, type FakeGitHub } from '../fakes/github.ts';
import {
  aDelete,
  aPullRequest,
  aPush,
  aSha,
  deliver,
  shop,
  webhookSecret,
  type PushOptions,
} from '../fakes/github-payloads.ts';
import type { Preview__Output } from '../../proto/gen/parbake/v1/Preview.ts';
import type { ListInstancesResponse__Output } from '../../proto/gen/parbake/v1/ListInstancesResponse.ts';
import { answered, listAssignments, listRoutes, previewsOf } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const previewFile = `apiVersion: parbake/v1
kind: Preview
role: web
on: { branches: ['**'] }
hosts: [{ port: 8080 }]
env: { COMMIT: "\${sha}" }
`;

let directory: string;
let github: FakeGitHub;
let coordinator: LoneCoordinator;
let hosts = 0;
/** Seconds since the epoch: each push is one later. */
let now = 1_800_000_000;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-previews-'));
  github = await startFakeGitHub();
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return name;
  };
  write('own.yaml', previewFile);
  write(
    'repositories.yaml',
    `apiVersion: parbake/v1
kind: Repositories
github:
  url: ${github.url}
  token: ${write('token', `${githubToken}\n`)}
  webhook_secret: ${write('secret', `${webhookSecret}\n`)}
repositories:
  acme/shop:
    zone: shop.preview.test
    roles: [web]
    preview: own.yaml
    max: 3
    address: 'http://{host}:8080'
    forks: { role: sandbox, zone: forks.preview.test }
`,
  );
  coordinator = await startLoneCoordinator([
    ...['--zone', 'preview.test', '--dns', `${await reserveLoopback()}:0`],
    ...['--repositories', join(directory, 'repositories.yaml')],
    ...['--webhook-listen', `${await reserveLoopback()}:0`],
  ]);
  const roles = ['web', 'sandbox'].map((name) => ({ name, userEnv: ['COMMIT'] }));
  await answered((done) => coordinator.clients.fleet.applyRoles({ roles }, done));
});

beforeEach(() => {
  github.trouble = undefined;
  github.branches.clear();
  github.files.clear();
});

afterEach(async () => {
  for (const preview of (await previewsOf(coordinator.clients)).values())
    await answered((done) =>
      coordinator.clients.previews.releasePreview({ previewId: preview.previewId }, done),
    );
  const { instances } = await answered<ListInstancesResponse__Output>((done) =>
    coordinator.clients.fleet.listInstances({ state: 'INSTANCE_STATE_READY' }, done),
  );
  // The next test has the instances that it makes.
  for (const { instanceId } of instances)
    await answered((done) => coordinator.clients.fleet.retireInstance({ instanceId }, done));
  await waitFor('nothing to run', async () =>
    (await listAssignments(coordinator.clients, { liveOnly: true })).every(
      ({ state }) => state === 'ASSIGNMENT_STATE_RELEASING',
    ),
  );
});

afterAll(async () => {
  await coordinator.close();
  await github.close();
  rmSync(directory, { recursive: true, force: true });
});

const instance = (role = 'web', outcome: 'SERVING' | 'silence' = 'SERVING') =>
  readyAgent(coordinator, {
    role,
    outcome,
    userEnv: ['COMMIT'],
    endpoint: { host: `10.7.${++hosts}.1`, port: 8080 },
  });
const send = (event: string, payload: object) => deliver(coordinator.process.webhook, event, payload);
const sendPull = async ({
  pull_request: pull,
  ...payload
}: ReturnType<typeof aPullRequest>): Promise<void> => {
  const { number, state, updated_at, head } = pull;
  github.pulls.set(number, { state, updated_at, head });
  expect((await send('pull_request', { pull_request: pull, ...payload })).status).toBe(202);
};

/** Pushes as GitHub does: the branch leads there, and the webhook says so. */
async function push(branch: string, after: string, before?: string): Promise<void> {
  github.branches.set(`acme/shop ${branch}`, aSha(after));
  const options: PushOptions = { branch, after: aSha(after), at: (now += 1) };
  const payload = aPush({ ...options, ...(before === undefined ? {} : { before: aSha(before) }) });
  expect((await send('push', payload)).status).toBe(202);
}

async function remove(branch: string): Promise<void> {
  github.branches.delete(`acme/shop ${branch}`);
  await send('delete', aDelete(branch, (now += 1)));
}

async function until(
  branch: string,
  what: string,
  isSo: (preview: Preview__Output) => boolean,
): Promise<Preview__Output> {
  return await waitFor(what, async () => {
    const preview = (await previewsOf(coordinator.clients)).get(branch);
    return preview !== undefined && isSo(preview) ? preview : undefined;
  });
}
const serving = (branch: string, commit: string): Promise<Preview__Output> =>
  until(
    branch,
    `${commit} to serve`,
    ({ state, servingSha }) => state === 'PREVIEW_STATE_SERVING' && servingSha === aSha(commit),
  );
const stateIs = (branch: string, state: string): Promise<Preview__Output> =>
  until(branch, state, (preview) => preview.state === `PREVIEW_STATE_${state}`);
const targetOf = async (name: string): Promise<string | undefined> =>
  (await listRoutes(coordinator.clients, {})).routes.find((route) => route.name === name)?.targetHost;

test('a push has an address, the next push takes it over, and a deletion ends it', async () => {
  const name = 'feature-one.shop.preview.test';
  const first = await instance();
  await push('feature-one', 'a');
  const served = await serving('feature-one', 'a');
  expect(served).toMatchObject({ repository: 'acme/shop', urls: [`http://${name}:8080`], message: '' });
  expect(served.timings?.routed).not.toBeNull();
  expect(first.desired.at(-1)?.order?.env).toEqual({ COMMIT: aSha('a') });
  const before = await targetOf(name);
  const statusesOf = (commit: string) =>
    github.deployments.find(({ ref }) => ref === aSha(commit))?.statuses ?? [];
  await waitFor('GitHub to know of the first', () => statusesOf('a').at(-1)?.state === 'success');
  await instance();
  await push('feature-one', 'b', 'a');
  await serving('feature-one', 'b');
  await waitFor('GitHub to know of the second', () => statusesOf('b').at(-1)?.state === 'success');
  expect(await targetOf(name)).not.toBe(before);
  await remove('feature-one');
  await stateIs('feature-one', 'RELEASED');
  expect(await targetOf(name)).toBeUndefined();
  // The address is told once it answers, and every commit gets its end.
  await waitFor('GitHub to know of the end', () => statusesOf('b').at(-1)?.state === 'inactive');
  expect(statusesOf('b').find(({ state }) => state === 'success')).toMatchObject({
    environment_url: `http://${name}:8080`,
    description: expect.stringMatching(/^answers \d+ ms after the push came \(claimed/) as string,
  });
  expect(statusesOf('a').at(-1)).toMatchObject({ state: 'inactive' });
});

test('a hundred pushes at once are one environment of the newest commit', async () => {
  await instance();
  await push('storm', 'c0');
  const rest = Array.from({ length: 99 }, (_, index) =>
    aPush({ branch: 'storm', before: aSha(`c${index}`), after: aSha(`c${index + 1}`), at: now }),
  );
  github.branches.set('acme/shop storm', aSha('c99'));
  const answers = await Promise.all(rest.toReversed().map((payload) => send('push', payload)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  // Where one of them got the only instance, the newest waits for another one.
  await instance();
  await instance();
  await instance();
  await serving('storm', 'c99');
  const live = await listAssignments(coordinator.clients, { liveOnly: true });
  expect(live.filter(({ state }) => state === 'ASSIGNMENT_STATE_SERVING').length).toBe(1);
});

test('closed while it waits for an instance, nothing of it comes back', async () => {
  await push('waits', 'a');
  await stateIs('waits', 'STARTING');
  await remove('waits');
  await stateIs('waits', 'RELEASED');
  // What was before comes late, and with the name of another delivery.
  await send('push', aPush({ branch: 'waits', after: aSha('a'), at: now - 1 }));
  const agent = await instance();
  await push('other', 'a');
  await serving('other', 'a');
  expect(agent.desired.filter(({ order }) => order !== null).length).toBe(1);
  expect((await previewsOf(coordinator.clients)).get('waits')?.state).toBe('PREVIEW_STATE_RELEASED');
});

test('while GitHub does not answer, what it sent counts', async () => {
  await instance();
  await push('outage', 'z');
  await serving('outage', 'z');
  github.trouble = { status: 502 };
  await instance();
  await push('outage', 'y', 'z');
  await serving('outage', 'y');
  await send('delete', aDelete('outage', (now += 1)));
  expect((await stateIs('outage', 'RELEASED')).message).toBe('the branch is gone');
  github.trouble = undefined;
});

test('a preview file that is wrong fails with its lines, and the last environment stays', async () => {
  await instance();
  await push('file', 'a');
  await serving('file', 'a');
  github.files.set('acme/shop', `${previewFile}rol: x\n`);
  await push('file', 'b', 'a');
  const failed = await stateIs('file', 'FAILED');
  expect(failed).toMatchObject({ reason: 'PREVIEW_FILE_INVALID', servingSha: aSha('a') });
  expect(failed.message).toMatch(/parbake\.preview\.yaml:7:1: unknown key "rol".*still serves/s);
  github.files.set('acme/shop', previewFile.replace('role: web', 'role: admin'));
  await push('file', 'c', 'b');
  expect(
    (await until('file', 'the refusal', ({ reason }) => reason === 'PREVIEW_NOT_ALLOWED')).message,
  ).toMatch(/may not use role admin/);
});

test('nothing runs for a fork until somebody approves the one commit', async () => {
  const agent = await instance('sandbox');
  const fork = { id: 666, full_name: 'mallory/shop' };
  const pull = (action: string, commit: string) =>
    aPullRequest({ action, number: 17, branch: 'evil', sha: aSha(commit), from: fork, at: (now += 1) });
  await sendPull(pull('opened', 'f1'));
  const { previewId } = await stateIs('evil', 'WAITING_APPROVAL');
  const approve = (commit: string) =>
    answered((done) => coordinator.clients.previews.approvePreview({ previewId, sha: aSha(commit) }, done));
  await expect(approve('f0')).rejects.toThrow(/PREVIEW_OUTDATED|by now/);
  expect(agent.desired.filter(({ order }) => order !== null)).toEqual([]);
  await approve('f1');
  const served = await serving('evil', 'f1');
  expect(served).toMatchObject({ urls: ['http://pr-17.forks.preview.test:8080'], fromFork: true });
  const [assignment] = await listAssignments(coordinator.clients, { user: previewId });
  expect(assignment).toMatchObject({ owner: 'fork/acme/shop', role: 'sandbox' });
  // The next commit waits for its own approval, and what ran ends.
  await sendPull(pull('synchronize', 'f2'));
  await stateIs('evil', 'WAITING_APPROVAL');
  expect(await targetOf('pr-17.forks.preview.test')).toBeUndefined();
});

test('a branch with an open pull request has an environment until it is closed', async () => {
  github.files.set('acme/shop', previewFile.replace("on: { branches: ['**'] }\n", ''));
  await instance();
  await push('reviewed', 'a');
  expect((await stateIs('reviewed', 'NOT_WANTED')).message).toContain('names no such branch');
  const pull = (action: string) =>
    aPullRequest({ action, number: 5, branch: 'reviewed', sha: aSha('a'), from: shop, at: (now += 1) });
  await sendPull(pull('opened'));
  await serving('reviewed', 'a');
  await sendPull(pull('closed'));
  await stateIs('reviewed', 'RELEASED');
});

test('a repository has no more environments than it may', async () => {
  for (const branch of ['m1', 'm2', 'm3']) {
    await instance();
    await push(branch, 'a');
    await serving(branch, 'a');
  }
  await instance();
  await push('m4', 'a');
  expect((await until('m4', 'the limit', ({ reason }) => reason === 'PREVIEW_LIMIT')).message).toMatch(
    /may have 3/,
  );
});

test('a coordinator that is killed goes on where it was, and finds what GitHub sent meanwhile', async () => {
  await instance();
  await push('lost', 'a');
  await serving('lost', 'a');
  await push('crash', 'a');
  await stateIs('crash', 'STARTING');
  await coordinator.restart('SIGKILL', async () => {
    github.branches.delete('acme/shop lost');
  });
  await instance();
  expect((await serving('crash', 'a')).urls.length).toBe(1);
  expect((await stateIs('lost', 'RELEASED')).message).toBe('the branch is gone');
});
