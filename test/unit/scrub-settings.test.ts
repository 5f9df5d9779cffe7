import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constantFrom, array, assert, property, string } from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { bootLoginWarnings } from '../../agent/bake/boot-logins.ts';
import { readLogins } from '../../agent/images/logins.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verify } from '../../agent/scrub/verify.ts';
import { parseImageRef } from '../../proto/recipe/image-ref.ts';
import type { RecipeImage } from '../../proto/recipe/images.ts';
import { builderRoot } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

let root: string;
beforeEach(() => void (root = builderRoot(['machine-id'])));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (name: string): string => join(root, name);
const put = (name: string, content: string): void => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
};
const scrubIt = () => runCommand(scrubCommand, ['--root', root, '--yes']);

const docker = 'root/.docker/config.json';
const auths = { 'registry.example': { auth: 'YWxpY2U6Y2FuYXJ5LTQ3MTE=' } };
const kube = (user: string): string =>
  `apiVersion: v1\nkind: Config\nclusters:\n  - name: c\n    cluster:\n      server: https://c\nusers:\n${user}`;
const asks = '  - name: eks\n    user:\n      exec:\n        command: aws\n        args: [eks, get-token]\n';

describe('B1: settings stay where secrets go', () => {
  test.each<[title: string, file: string, content: string, stays: string | undefined]>([
    [
      'the names of credential helpers',
      docker,
      JSON.stringify({ auths, credHelpers: { 'r.example': 'ecr-login' }, credsStore: 'ecr-login' }),
      '{"credHelpers":{"r.example":"ecr-login"},"credsStore":"ecr-login"}',
    ],
    [
      'proxies without a password',
      'home/ada/.docker/config.json',
      JSON.stringify({
        auths,
        HttpHeaders: { 'X-Token': 'canary-4711' },
        proxies: { default: { httpProxy: 'http://proxy:3128', httpsProxy: 'http://u:canary-4711@proxy' } },
      }),
      '{"proxies":{"default":{"httpProxy":"http://proxy:3128"}}}',
    ],
    ['nothing but logins', docker, JSON.stringify({ auths }), undefined],
    ['what is not JSON', docker, 'canary-4711', undefined],
    ["what is no helper's name", docker, JSON.stringify({ credsStore: 'canary 4711' }), undefined],
    [
      'a member that is there twice',
      docker,
      `{"auths":${JSON.stringify(auths)},"auths":{},"credsStore":"pass"}`,
      '{"auths":{},"credsStore":"pass"}',
    ],
    [
      "kubelet's",
      'var/lib/kubelet/config.json',
      '{"auths":{"r":{"auth":"Y2FuYXJ5"}},"credsStore":"x"}',
      '{"credsStore":"x"}',
    ],
    [
      "the ECS agent's variables",
      'etc/ecs/ecs.config',
      'ECS_CLUSTER=web\nECS_ENGINE_AUTH_TYPE=docker\nECS_ENGINE_AUTH_DATA={"r":{"password":"canary-4711"}}\nECS_LOGLEVEL=info\n',
      'ECS_CLUSTER=web\nECS_LOGLEVEL=info\n',
    ],
    [
      "the ECS agent's members",
      'etc/ecs/ecs.config.json',
      '{"Cluster":"web","EngineAuthData":{"r":"canary-4711"}}',
      '{"Cluster":"web"}',
    ],
    [
      'registries of npm',
      'root/.npmrc',
      '@acme:registry=https://npm.example/\n//npm.example/:_authToken=canary-4711\nregistry=https://u:canary-4711@npm/\n',
      '@acme:registry=https://npm.example/\n',
    ],
    [
      'indexes of pip',
      'root/.config/pip/pip.conf',
      '[global]\nindex-url = https://u:canary-4711@pypi.example/\ntimeout = 60\n[install]\nextra-index-url = https://u:canary-4711@x/\n',
      '[global]\ntimeout = 60\n',
    ],
    [
      'profiles of AWS that take a role',
      'root/.aws/credentials',
      '[default]\naws_access_key_id = AKIACANARY\naws_secret_access_key = canary-4711\n[ci]\nrole_arn = arn:aws:iam::1:role/ci\ncredential_source = Ec2InstanceMetadata\n',
      '[ci]\nrole_arn = arn:aws:iam::1:role/ci\ncredential_source = Ec2InstanceMetadata\n',
    ],
    [
      'users of Kubernetes that ask a program',
      'root/.kube/config',
      kube(`${asks}  - name: admin\n    user:\n      token: canary-4711-canary\n`),
      kube(
        `${asks.replace('[eks, get-token]', '\n          - eks\n          - get-token')}  - name: admin\n    user: {}\n`,
      ).replaceAll(': \n', ':\n'),
    ],
    [
      'users of Kubernetes with a token',
      'root/.kube/config',
      kube('  - name: a\n    user: {token: canary-4711}\n'),
      undefined,
    ],
    [
      "a machine's place",
      'etc/machine-info',
      'PRETTY_HOSTNAME=builder\nDEPLOYMENT=production\n',
      'DEPLOYMENT=production\n',
    ],
    [
      "NetBird's server",
      'etc/netbird/config.json',
      '{"PrivateKey":"canary-4711","WgIface":"wt0"}',
      '{"WgIface":"wt0"}',
    ],
    [
      'what is set for all runners',
      'etc/gitlab-runner/config.toml',
      'concurrent = 4\n[[runners]]\n  token = "canary-4711"\n',
      'concurrent = 4\n',
    ],
  ])('%s: %s', async (_, file, content, stays) => {
    put(file, content);
    expect((await scrubIt()).exit).toBe(0);
    const left = existsSync(path(file)) ? readFileSync(path(file), 'utf8') : undefined;
    const compact = left !== undefined && file.endsWith('.json') ? JSON.stringify(JSON.parse(left)) : left;
    expect(compact).toBe(stays);
    expect((await verify(rootAt(root))).sealed).toBe(true);
  });

  test('a file without secrets stays byte for byte, also behind a link', async () => {
    const text = '{ "credHelpers": { "r.example": "ecr-login" },\n  "auths": {} }';
    put('etc/docker-client.json', text);
    mkdirSync(path('root/.docker'), { recursive: true });
    symlinkSync('/etc/docker-client.json', path(docker));
    put('root/.npmrc', '; ours\nregistry=https://npm.example/\n');
    expect((await scrubIt()).exit).toBe(0);
    expect(readFileSync(path('etc/docker-client.json'), 'utf8')).toBe(text);
    expect(readFileSync(path('root/.npmrc'), 'utf8')).toBe('; ours\nregistry=https://npm.example/\n');
  });

  test('verify names a login that came back', async () => {
    put(docker, '{"credsStore":"ecr-login"}');
    expect((await scrubIt()).exit).toBe(0);
    put(docker, JSON.stringify({ auths, credsStore: 'ecr-login' }));
    const { rules } = await verify(rootAt(root));
    const failed = rules.filter(({ passed }) => !passed).map(({ id, found }) => `${id}: ${found.join()}`);
    expect(failed).toEqual([`registry-credentials: /${docker}`]);
  });

  test('what stays has nothing to go, whatever was there', () => {
    const all = scrubRules.flatMap(({ paths }) => paths.flatMap(({ settings }) => settings ?? []));
    expect(all.length).toBeGreaterThan(10);
    const parts = constantFrom(
      ...['[a]\n', 'registry=x\n', '# c\n', '{"auths":', '{}', '"credsStore":"x"', '}', '\n', ' '],
    );
    assert(
      property(constantFrom(...all), array(parts), string(), (settings, some, other) => {
        const stays = settings.of(`${some.join('')}${other}`);
        return stays === undefined || settings.of(stays) === stays;
      }),
    );
  });
});

describe('B1: an image that instances pull', () => {
  const image = (ref: string): RecipeImage => {
    const parsed = parseImageRef(ref);
    if (!parsed.ok) throw new Error(parsed.reason);
    return { ref, image: parsed.ref, atBoot: true };
  };
  const warningsOf = async (ref: string): Promise<string[]> => {
    const logins = await readLogins(rootAt(root), { signal: new AbortController().signal });
    await logins.find(ref.split('/')[0] ?? '');
    return (await bootLoginWarnings([image(ref)], rootAt(root), logins)).map(({ message }) => message);
  };

  test('with a login that is only in config.json is warned of, and says how to keep one', async () => {
    put(docker, JSON.stringify({ auths }));
    expect(await warningsOf('registry.example/acme/app:1')).toEqual([
      expect.stringMatching(/comes from \/root\/\.docker\/config\.json .*credHelpers/),
    ]);
    expect(await warningsOf('other.example/acme/app:1')).toEqual([]);
  });

  test("with a client's certificate in certs.d is warned of", async () => {
    put('etc/docker/certs.d/registry.example/client.key', 'x');
    expect(await warningsOf('registry.example/acme/app:1')).toEqual([
      expect.stringContaining('/etc/docker/certs.d/registry.example'),
    ]);
  });
});
