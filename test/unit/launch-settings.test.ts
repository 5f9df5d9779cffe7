import { array, assert, oneof, property, string } from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { LaunchSettings, launchSources, parseUserData } from '../../agent/daemon/launch-settings.ts';
import { readLaunchData } from '../../agent/host/imds.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { startImdsServer, type ImdsOptions, type ImdsServer } from '../fakes/imds-server.ts';

const servers: ImdsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
const { signal } = new AbortController();

async function anImds(values: Record<string, string>, options: ImdsOptions = {}): Promise<string> {
  const server = await startImdsServer(values, options);
  servers.push(server);
  return server.url;
}

describe('user data', () => {
  test.each([
    ['nothing else', '# parbake-agent: coordinator = 10.0.1.10:7443', '10.0.1.10:7443'],
    [
      'cloud-config',
      '#cloud-config\n#parbake-agent: coordinator=parbake.internal:7443\nruncmd: []\n',
      'parbake.internal:7443',
    ],
    [
      'a script of Windows line ends',
      '#!/bin/sh\r\n#\tparbake-agent: coordinator = [fd00::1]:7443\r\n',
      '[fd00::1]:7443',
    ],
  ])('of %s names the coordinator in a comment', (_, text, address) => {
    expect([...parseUserData(text, false)]).toEqual([['coordinator', address]]);
  });

  test.each([
    ['', 'empty'],
    ['#!/bin/sh\necho parbake-agent: coordinator = 10.0.0.1:7443\n', 'output of a script'],
    ['# see parbake-agent: coordinator\n', 'a comment about it'],
    ['\u001f\u008b\u0008\u0000', 'compressed data'],
  ])('without a setting gives none: %j', (text) => {
    expect(parseUserData(text, false).size).toBe(0);
  });

  test.each([
    ['# parbake-agent: coordinator', 'line 1 of the user data: a setting is "name = value"'],
    ['\n# parbake-agent: coordinator = a b:1', 'line 2 of the user data: a setting is "name = value"'],
    ['# parbake-agent: tls-ca = /tmp/ca.pem', 'user data may not set "tls-ca"'],
    ['# parbake-agent: launch-ca = allow', 'user data may not set "launch-ca"'],
    ['# parbake-agent: tls-name = a/b', 'tls-name takes a name'],
    ['# parbake-agent: imds = http://10.0.0.1', 'user data may not set "imds"'],
    ['# parbake-agent: coordinator = 10.0.1.10', 'coordinator takes HOST:PORT'],
    ['# parbake-agent: coordinator = 10.0.1.10:65536', 'coordinator takes HOST:PORT'],
    ['# parbake-agent: coordinator = unix:/run/evil.sock', 'coordinator takes HOST:PORT'],
    ['# parbake-agent: coordinator = unix:7443', 'the address of another machine'],
    ['# parbake-agent: coordinator = 127.0.0.1:7443', 'the address of another machine'],
    ['# parbake-agent: coordinator = LOCALHOST:7443', 'the address of another machine'],
    ['# parbake-agent: coordinator = [::1]:7443', 'the address of another machine'],
    [`# parbake-agent: coordinator = ${'a'.repeat(300)}:1`, 'coordinator is too long'],
    ['# parbake-agent: coordinator = a:1\n# parbake-agent: coordinator = b:1', 'coordinator is set twice'],
  ])('that is invalid or asks for more is refused: %j', (text, message) => {
    expect(() => parseUserData(text, false)).toThrow(message);
  });

  test('of any content gives an address of another machine, or a named error', () => {
    const line = string({ unit: 'binary' }).map((text) => `# parbake-agent: coordinator = ${text}`);
    const outcome = (text: string): unknown => {
      try {
        return parseUserData(text, true).get('coordinator') ?? 'host:1';
      } catch (cause) {
        return cause;
      }
    };
    assert(
      property(array(oneof(string(), line)), (lines) => {
        const found = outcome(lines.join('\n'));
        if (found instanceof ParbakeError) return;
        expect(found).toMatch(/^(\[[0-9A-Fa-f:.]+\]|[\w.-]+):\d{1,5}$/);
      }),
    );
  });
});

test('user data names the CA only where the image allows it', () => {
  const text = '# parbake-agent: tls-ca = /run/ca.pem\n# parbake-agent: tls-name = parbake.internal';
  expect(() => parseUserData(text, false)).toThrow('only coordinator, tls-name');
  expect([...parseUserData(text, true)]).toEqual([
    ['tls-ca', '/run/ca.pem'],
    ['tls-name', 'parbake.internal'],
  ]);
  const tagged = launchSources({ userData: '', tags: new Map([['parbake:tls-ca', '/run/ca.pem']]) }, false);
  expect(tagged.flatMap(({ values }) => [...values])).toEqual([]);
});

test('user data counts before tags, and each says where it is from', () => {
  const userData = '# parbake-agent: coordinator = a.internal:1';
  const sources = launchSources(
    { userData, tags: new Map([['parbake:coordinator', 'b.internal:2']]) },
    false,
  );
  expect(sources.map(({ origin, where, values }) => [origin, where('coordinator'), [...values]])).toEqual([
    ['user-data', 'coordinator in user data', [['coordinator', ['a.internal:1']]]],
    ['tag', 'instance tag parbake:coordinator', [['coordinator', ['b.internal:2']]]],
  ]);
});

test('the metadata service is asked with a token, and what an instance does not have is absent', async () => {
  const tag = 'tags/instance/parbake:coordinator';
  const url = await anImds({ 'user-data': '#!/bin/sh', [tag]: '10.0.0.1:7443' });
  const asked = ['parbake:coordinator', 'parbake:other'];
  expect(await readLaunchData(url, asked, signal)).toEqual({
    userData: '#!/bin/sh',
    tags: new Map([['parbake:coordinator', '10.0.0.1:7443']]),
  });
  expect(servers[0]?.refused).toBe(0);
  expect(await readLaunchData(await anImds({}), asked, signal)).toEqual({ userData: '', tags: new Map() });
});

test('user data that is longer than EC2 takes is not read', async () => {
  const url = await anImds({ 'user-data': 'x'.repeat(100_000) });
  await expect(readLaunchData(url, [], signal)).rejects.toMatchObject({ code: 'IMDS_UNAVAILABLE' });
});

test('a metadata service that does not answer, or is switched off, gives nothing', async () => {
  const broken = new LaunchSettings();
  expect(await broken.read(await anImds({}, { fault: () => 503 }), false, signal)).toEqual([]);
  expect(broken.problem).toContain('answers 503');
  const off = new LaunchSettings();
  expect(await off.read(await anImds({}, { fault: () => 403 }), false, signal)).toEqual([]);
  expect(await off.read('off', false, signal)).toEqual([]);
  expect(off.problem).toBe('');
});
