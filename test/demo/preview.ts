import { performance } from 'node:perf_hooks';
import { request } from 'node:http';
import { Resolver } from 'node:dns/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Preview__Output } from '../../proto/gen/parbake/v1/Preview.ts';
import { pause } from '../../proto/process/tasks.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { aDelete, aPush, aSha, deliver, webhookSecret } from '../fakes/github-payloads.ts';
import { githubToken, startFakeGitHub, type FakeGitHub } from '../fakes/github.ts';
import { previewsOf } from '../support/calls.ts';
import { startHttpRouter, type HttpRouter } from '../testbed/http-router.ts';
import { startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { role } from './machine-image.ts';
import { formatMs, type Screen } from './screen.ts';
import { bakeOne, boot, publish, scrubOne, type StoryOptions } from './story.ts';

/** A step of the way from a push to an address, in milliseconds. */
export interface PreviewStep {
  name: string;
  ms: number;
}

export interface PreviewStory {
  document: { github: 'local stand-in'; address: string; steps: PreviewStep[] };
  coordinator: Coordinator;
}

const branch = 'feature-checkout';
const zone = 'shop.preview.test';
const host = `${branch}.${zone}`;
const dnsPort = 5353;

/** What previews need around the coordinator. */
interface Surroundings {
  github: FakeGitHub;
  router: HttpRouter;
  coordinator: Coordinator;
  resolver: Resolver;
}

/** Push, second push and close, with real engines, the real HAProxy and our DNS. Stops after the signal aborted. */
export async function tellPreviewStory(
  testbed: Testbed,
  options: StoryOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<PreviewStory> {
  const step = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return await screen.step(title, work);
  };
  const image = await step('An application image, in a registry', () => publish(testbed, options, screen));
  const { builder } = await step('Bake it into a machine image', () =>
    bakeOne(testbed, image, options.isTerminal, screen),
  );
  await step('Scrub and seal', () => scrubOne(builder, screen));
  const around = await step('A coordinator, HAProxy and a stand-in for GitHub', () =>
    surround(testbed, image.port, screen),
  );
  await step('Boot clones: a pool of READY instances', () =>
    boot(testbed, builder, 2 + options.spares, around.coordinator, screen, signal),
  );
  const steps: PreviewStep[] = [];
  const tell = (name: string, ms: number): void => {
    steps.push({ name, ms });
    screen.line(`${name.padEnd(38)} ${formatMs(ms).padStart(8)}`);
  };
  await step(`git push: branch ${branch}`, () => push(around, 'first', undefined, signal, tell));
  await step('A second push to the branch', () => push(around, 'second', 'first', signal, tell));
  await step('The branch is deleted', () => close(around, signal, tell));
  const address = `http://${around.router.address}/ with Host: ${host}`;
  return { document: { github: 'local stand-in', address, steps }, coordinator: around.coordinator };
}

async function surround(testbed: Testbed, port: number, screen: Screen): Promise<Surroundings> {
  screen.line(
    'GitHub is not asked: a program on this machine takes its place. It sends payloads in the shape that',
  );
  screen.line(
    "GitHub documents, signed as GitHub signs them, and answers like GitHub's API. All else is real.",
  );
  const github = await startFakeGitHub(await reserveLoopback());
  testbed.onClose(() => github.close());
  const directory = testbed.makeDirectory('previews');
  const router = await startHttpRouter(directory, await reserveLoopback());
  testbed.onClose(() => router.close());
  github.files.set(
    'acme/shop',
    `apiVersion: parbake/v1\nkind: Preview\nrole: ${role}\non: { branches: ['**'] }\nhosts: [{ port: ${port} }]\n`,
  );
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const repositories = file(
    'repositories.yaml',
    `apiVersion: parbake/v1
kind: Repositories
github: { url: '${github.url}', token: ${file('token', githubToken)}, webhook_secret: ${file('secret', webhookSecret)} }
repositories:
  acme/shop: { zone: ${zone}, roles: [${role}], address: 'http://{host}:8000' }
`,
  );
  const dns = await reserveLoopback();
  const coordinator = await startCoordinator(testbed, undefined, [
    ...['--zone', 'preview.test', '--dns', `${dns}:${dnsPort}`],
    ...['--haproxy', `${router.socket}=${router.map}`],
    ...['--repositories', repositories, '--webhook-listen', `${await reserveLoopback()}:0`],
  ]);
  const resolver = new Resolver();
  resolver.setServers([`${dns}:${dnsPort}`]);
  screen.line(
    `webhook at http://${coordinator.process.webhook}/github/webhook, HAProxy at ${router.address}`,
  );
  return { github, router, coordinator, resolver };
}

/** Waits from the push to the first page of its commit, and shows the time of each step. */
async function push(
  { github, router, coordinator, resolver }: Surroundings,
  commit: string,
  before: string | undefined,
  signal: AbortSignal,
  tell: (name: string, ms: number) => void,
): Promise<void> {
  const [sha, at] = [aSha(commit), Math.floor(Date.now() / 1000)];
  const earlier = before === undefined ? undefined : (await page(router.address)).generation;
  github.branches.set(`acme/shop ${branch}`, sha);
  const start = performance.now();
  const parts = { branch, after: sha, at };
  const payload = aPush(before === undefined ? parts : { ...parts, before: aSha(before) });
  const { status, text } = await deliver(coordinator.process.webhook, 'push', payload);
  if (status !== 202) throw new Error(`the webhook answered ${status}: ${text}`);
  tell('webhook answered', performance.now() - start);
  const first = await until(signal, async () => {
    const answer = await page(router.address);
    return answer.status === 200 && answer.generation !== earlier ? answer : undefined;
  });
  tell('address answers through HAProxy', performance.now() - start);
  const addresses = await resolver.resolve4(host);
  tell(`our DNS answers ${addresses.join(', ')}`, performance.now() - start);
  const preview = await served(coordinator, sha);
  const { claimed, serving, routed } = preview.timings ?? {};
  tell('of it: an instance was taken', millisecondsOf(claimed) ?? 0);
  tell('of it: it served', millisecondsOf(serving) ?? 0);
  tell('of it: every publisher had the name', millisecondsOf(routed) ?? 0);
  await until(signal, async () =>
    github.deployments.find(({ ref }) => ref === sha)?.statuses.at(-1)?.state === 'success'
      ? true
      : undefined,
  );
  tell('the deployment on GitHub is a success', performance.now() - start);
  if (!first.body.includes('pv-')) throw new Error(`the page is not that of the preview: ${first.body}`);
}

async function close(
  { github, router, coordinator }: Surroundings,
  signal: AbortSignal,
  tell: (name: string, ms: number) => void,
): Promise<void> {
  github.branches.delete(`acme/shop ${branch}`);
  const start = performance.now();
  await deliver(coordinator.process.webhook, 'delete', aDelete(branch, Math.floor(Date.now() / 1000) + 1));
  await until(signal, async () => ((await page(router.address)).status === 404 ? true : undefined));
  tell('address answers nothing any more', performance.now() - start);
}

async function served({ clients }: Coordinator, sha: string): Promise<Preview__Output> {
  return await waitFor('the preview to serve', async () => {
    const preview = (await previewsOf(clients)).get(branch);
    return preview?.servingSha === sha && preview.state === 'PREVIEW_STATE_SERVING' ? preview : undefined;
  });
}

/** Asks again after a moment: what is measured is when it first succeeds, and what is asked needs the processor too. */
async function until<T>(signal: AbortSignal, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error('waited 60 s for an answer');
    await pause(1, signal);
  }
}

/** What the router answers under the branch's name. */
function page(address: string): Promise<{ status: number; generation: string; body: string }> {
  const [hostname, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, headers: { host }, agent: false, timeout: 5_000 }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          generation: String(response.headers['x-parbake-generation'] ?? ''),
          body,
        }),
      );
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
