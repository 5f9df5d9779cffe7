import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startWebhook, type RunningWebhook } from '../../coordinator/github/webhook.ts';
import type { Delivery } from '../../coordinator/store/previews.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { createLogger } from '../../proto/process/log.ts';
import { aPush, aSha, deliver, webhookSecret } from '../fakes/github-payloads.ts';
import { waitFor } from '../testbed/wait.ts';

const push = aPush({ branch: 'feature/x', after: aSha('a'), at: 1 });
let webhook: RunningWebhook;
let taken: Delivery[];
let secrets: string[];
let failure: ParbakeError | undefined;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  [taken, secrets, failure, lines] = [[], [webhookSecret], undefined, []];
  const keep = (line: Record<string, unknown>): void => void lines.push(line);
  webhook = await startWebhook({
    address: '127.0.0.1:0',
    secrets: async () => secrets,
    take: async (delivery) => {
      if (failure !== undefined) throw failure;
      taken.push(delivery);
    },
    logger: Object.assign(createLogger('test', 'silent'), { warn: keep, error: keep }),
  });
});

afterEach(async () => await webhook.close());

test('takes what GitHub signed', async () => {
  const answer = await deliver(webhook.address, 'push', push, { guid: 'g-1', hook: '77' });
  expect(answer.status).toBe(202);
  expect(taken).toMatchObject([
    { hook: '77', guid: 'g-1', news: [{ kind: 'pushed', branch: 'feature/x', after: aSha('a') }] },
  ]);
  expect((await deliver(webhook.address, 'ping', { zen: 'x' })).status).toBe(200);
  expect((await deliver(webhook.address, 'star', {})).status).toBe(202);
  expect(taken.length).toBe(1);
});

test('what is signed are the bytes, not what they mean', async () => {
  // Other numbers, escapes and spaces than JSON.stringify writes.
  const body = JSON.stringify(push).replace('"id":4711', '"id": 4711.0').replace('feature/x', 'feature\\/x');
  expect((await deliver(webhook.address, 'push', body)).status).toBe(202);
  expect(taken).toMatchObject([{ news: [{ repositoryId: 4711, branch: 'feature/x' }] }]);
});

test('two secrets count while one replaces the other', async () => {
  secrets = ['another secret, the next one', webhookSecret];
  expect((await deliver(webhook.address, 'push', push)).status).toBe(202);
  secrets = ['another secret, the next one'];
  expect((await deliver(webhook.address, 'push', push)).status).toBe(401);
});

describe('refuses', () => {
  test.each<[string, number, RegExp, Record<string, string>, string?]>([
    ['a forged signature', 401, /signature/, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['no signature', 401, /signature/, { 'x-hub-signature-256': '' }],
    ['a signature of the old kind', 401, /signature/, { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }],
    ['a form', 415, /application\/json/, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an event of no kind', 400, /x-github-event/, { 'x-github-event': '../push' }],
    ['no name of the delivery', 400, /x-github-delivery/, { 'x-github-delivery': ' ' }],
    ['a payload that breaks off', 400, /not JSON/, {}, JSON.stringify(push).slice(0, 100)],
    ['a payload of another shape', 400, /is not an object/, {}, '[]'],
    ['a payload that is not text', 400, /not JSON/, {}, '\u0000'],
  ])('%s', async (_, status, expected, headers, body) => {
    const answer = await deliver(webhook.address, 'push', body ?? push, { headers });
    expect(answer).toEqual({ status, text: expect.stringMatching(expected) as string });
    expect(taken).toEqual([]);
    expect(lines).toMatchObject([{ status, peer: '127.0.0.1' }]);
    // Nothing of a payload is in the log.
    expect(JSON.stringify(lines)).not.toContain('feature/x');
  });

  test('another path and another method', async () => {
    const at = (path: string, method: string) => fetch(`http://${webhook.address}${path}`, { method });
    expect((await at('/', 'POST')).status).toBe(404);
    expect((await at('/github/webhook', 'GET')).status).toBe(405);
  });

  test('what is larger than GitHub sends, before it has read it', async () => {
    const socket = createConnection({ host: '127.0.0.1', port: Number(webhook.address.split(':')[1]) });
    let answer = '';
    socket.on('data', (part) => (answer += part.toString()));
    socket.write(
      [
        'POST /github/webhook HTTP/1.1',
        'host: x',
        'content-type: application/json',
        'x-github-event: push',
        'x-github-delivery: g',
        `content-length: ${25 * 1024 * 1024 + 1}`,
        '',
        '{',
      ].join('\r\n'),
    );
    await waitFor('an answer', () => answer !== '');
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 413/);
  });

  test('a body that ends too early takes nothing, and the next one is taken', async () => {
    const socket = createConnection({ host: '127.0.0.1', port: Number(webhook.address.split(':')[1]) });
    socket.write(
      `POST /github/webhook HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-github-event: push\r\nx-github-delivery: g\r\ncontent-length: 500\r\n\r\n{"ref"`,
      () => socket.destroy(),
    );
    await waitFor('the end of it', () => lines.length > 0);
    expect((await deliver(webhook.address, 'push', push)).status).toBe(202);
  });
});

test('a payload of the largest size is read', async () => {
  const filled = { ...push, commits: ['x'.repeat(25 * 1024 * 1024 - JSON.stringify(push).length - 20)] };
  expect((await deliver(webhook.address, 'push', filled)).status).toBe(202);
  expect(taken.length).toBe(1);
});

test('a delivery that the store did not keep is not answered as taken', async () => {
  failure = new ParbakeError('STORE_FAILED', 'the disk is full');
  expect((await deliver(webhook.address, 'push', push)).status).toBe(503);
});
