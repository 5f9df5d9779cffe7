import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { searchPrivate } from '../../agent/scrub/secrets.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
import { builderRoot } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

let root: string;
beforeEach(() => void (root = builderRoot([])));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
const search = async (keep: string[] = []): Promise<string[]> => {
  const places = { root: rootAt(root), dataRoot: '/var/lib/docker', homes: [] };
  const found = await searchPrivate(places, [], keep, new AbortController().signal);
  return found.map(({ path }) => path).sort();
};

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' });
const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'sec1',
  format: 'pem',
});
const armour = (name: string): string =>
  `-----BEGIN ${name}-----\n${randomBytes(96).toString('base64')}\n-----END ${name}-----\n`;
/** As many letters and digits, as tokens have. */
const letters = (count: number): string => 'Ab3dE6gH9j'.repeat(10).slice(0, count);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const secrets: readonly (readonly [what: string, path: string, content: string])[] = [
  ["the agent's key in the place of the default file", 'etc/parbake/tls/agent.key', pem],
  ['a key with a name that says nothing', 'etc/acme/data', pkcs1],
  ['an encrypted key', 'srv/app/keys/release', encrypted],
  ['a key of an elliptic curve', 'opt/app/tls.pem', ec],
  ['a deploy key', 'root/.ssh/deploy', armour('OPENSSH PRIVATE KEY')],
  ['a deploy key of a service', 'opt/app/.ssh/repository', armour('OPENSSH PRIVATE KEY')],
  ['a PGP key', 'root/signing.asc', armour('PGP PRIVATE KEY BLOCK')],
  ['a key of GnuPG', 'root/.gnupg/private-keys-v1.d/ABCD.key', 'Key: (private-key (rsa'],
  ['a key of PuTTY', 'home/baker/key.txt', 'PuTTY-User-Key-File-3: ssh-ed25519\n'],
  ['a key of WireGuard', 'etc/wireguard/wg0.conf', `[Interface]\nPrivateKey = ${letters(43)}=\n`],
  ['a key of age', 'root/keys.txt', `AGE-SECRET-KEY-1${letters(58).toUpperCase()}\n`],
  ['a key in JSON', 'root/service-account.json', JSON.stringify({ private_key: pem })],
  ['a key in base64', 'etc/kubernetes/admin.conf', `client-key-data: ${base64(pkcs1)}\n`],
  ['a store of keys', 'opt/app/client.p12', '\x30\x82'],
  ['a keytab', 'etc/krb5.keytab', '\x05\x02\x00'],
  [
    'a registry login of containers',
    'etc/containers/auth.json',
    `{"auths":{"r":{"auth":"${base64('u:password')}"}}}`,
  ],
  [
    'a registry login elsewhere',
    'opt/ci/docker/config.json',
    `{"auths":{"r":{"identitytoken":"${letters(40)}"}}}`,
  ],
  [
    'a registry of k3s',
    'etc/rancher/k3s/registries.yaml',
    'configs:\n  r:\n    auth:\n      password: hunter22\n',
  ],
  [
    'a registry of containerd',
    'etc/containerd/certs.d/r/hosts.toml',
    '[host.header]\n  x-token = "hunter2hunter2"\n',
  ],
  [
    'a login of Helm',
    'root/.config/helm/registry/config.json',
    `{"auths":{"r":{"auth":"${base64('u:pw-of-helm')}"}}}`,
  ],
  [
    'a token of GitHub',
    'srv/app/.git/config',
    `url = https://x-access-token:ghp_${letters(36)}@github.com/a/b\n`,
  ],
  ['a token of GitLab', 'root/.config/glab-cli/config.yml', `token: glpat-${letters(20)}\n`],
  ['a token of Vault', 'root/.vault-token', `s.${letters(24)}`],
  ['a token of Terraform', 'root/.terraform.d/credentials.tfrc.json', '{"credentials":{}}'],
  ['a login of Maven', 'root/.m2/settings.xml', '<server><password>hunter22</password></server>'],
  ['a login of Gradle', 'home/baker/.gradle/gradle.properties', 'repositoryPassword=hunter22\n'],
  ['a token of Cargo', 'root/.cargo/credentials.toml', `[registry]\ntoken = "cio${letters(32)}"\n`],
  ['a login of PostgreSQL', 'root/.pgpass', 'db:5432:app:app:hunter22\n'],
  ['a login of MySQL', 'root/.my.cnf', '[client]\npassword=hunter22\n'],
  ['an environment file', 'opt/app/.env', 'PORT=80\nDATABASE_PASSWORD=hunter22\n'],
  ['a URL with a password', 'etc/app/app.conf', 'db = postgres://app:hunter22@db/app\n'],
  ['a key of AWS', 'srv/ci/aws.ini', `aws_secret_access_key = ${letters(40)}\n`],
  ['a signed token', 'opt/app/token', `eyJ${letters(20)}.eyJ${letters(20)}.${letters(30)}`],
  [
    'a Wi-Fi password',
    'etc/NetworkManager/system-connections/a.nmconnection',
    '[wifi-security]\npsk=hunter22\n',
  ],
];

describe('finding 13: the search for secrets', () => {
  test.each(secrets)('finds %s', async (_, path, content) => {
    put(path, content);
    expect(await search()).toEqual([`/${path}`]);
  });

  test.each([
    ['a certificate', 'etc/ssl/ca.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
    ['a public key', 'etc/acme/key.pub', publicKey.export({ type: 'spki', format: 'pem' })],
    ['a text about keys', 'opt/doc/keys.md', 'It starts with -----BEGIN PRIVATE KEY----- and ends\n'],
    ['a program that knows the words', 'opt/app/openssl', `\x7fELF${pem}`],
    ['an example in a comment', 'etc/proxy.conf', '# http_proxy=http://user:hunter22@proxy:3128\n'],
    ['a placeholder', 'etc/app.env', 'PASSWORD=${PASSWORD}\nTOKEN=\nSECRET=changeme\n'],
    ['settings without a login', 'opt/app/config.toml', 'port = 80\npassword = ""\n'],
    ['PAM', 'etc/pam.d/common-password', 'password [success=1 default=ignore] pam_unix.so obscure\n'],
    ['what Docker has', 'var/lib/docker/overlay2/x/diff/key.pem', pem],
    ['what a package brings', 'usr/share/doc/x/key.pem', pem],
  ])('passes %s', async (_, path, content) => {
    put(path, content);
    expect(await search()).toEqual([]);
  });

  test('opens no pipe, and follows no link', async () => {
    mkdirSync(join(root, 'opt'), { recursive: true });
    for (const name of ['opt/pipe', 'etc/pipe.key']) execFileSync('mkfifo', [join(root, name)]);
    symlinkSync('/etc', join(root, 'opt/link'));
    symlinkSync('/dev/zero', join(root, 'opt/zero.key'));
    symlinkSync('.', join(root, 'opt/loop'));
    expect(await search()).toEqual([]);
  });

  test('an exception names a file, or a directory', async () => {
    put('opt/a/key', pem);
    put('opt/b/key', pem);
    expect(await search(['secret:/opt/a/key'])).toEqual(['/opt/b/key']);
    expect(await search(['secret:/opt/b/', 'secret:/opt/a/ke'])).toEqual(['/opt/a/key']);
  });
});

describe('finding 13: a scrub', () => {
  const scrub = (...args: string[]) => runCommand(scrubCommand, ['--yes', '--root', root, ...args]);
  const verify = () => runCommand(verifyCommand, ['--root', root]);

  test('does not seal over a secret, before it removed anything, unless an exception names it', async () => {
    put('root/.ssh/id_rsa', pem);
    put('srv/app/deploy', armour('OPENSSH PRIVATE KEY'));
    const refused = await scrub();
    expect(refused.exit).not.toBe(0);
    expect(refused.stderr).toContain(
      '/srv/app/deploy (a private key) must not be on every clone: remove it, or give --keep secret:/srv/app/deploy',
    );
    expect(await search()).toEqual(['/root/.ssh/id_rsa', '/srv/app/deploy']);
    const sealed = await scrub('--keep', 'secret:/srv/app/deploy=it is public');
    expect({ exit: sealed.exit, stderr: sealed.stderr }).toMatchObject({ exit: 0 });
    expect(await search()).toEqual(['/srv/app/deploy']);
    expect((await verify()).exit).toBe(0);
  });

  test('a secret that comes into a sealed image is found', async () => {
    expect((await scrub()).exit).toBe(0);
    expect((await verify()).exit).toBe(0);
    put('opt/app/key.pem', pem);
    execFileSync('touch', ['-d', '2020-01-01', join(root, 'opt/app/key.pem')]);
    const { exit, stderr } = await verify();
    expect(exit).toBe(1);
    expect(stderr).toContain('secrets (/opt/app/key.pem (a private key))');
  });

  test("does not seal over the agent's own key, in the place of its default file", async () => {
    put('etc/parbake/agent.key', pem);
    put('etc/parbake/agent.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n');
    const { exit, stderr } = await scrub();
    expect(exit).not.toBe(0);
    expect(stderr).toContain('/etc/parbake/agent.key (a private key)');
    expect((await scrub('--keep', 'secret:/etc/parbake/agent.key=asked for')).exit).toBe(0);
  });

  test.each(['secret:', 'secret:opt/key', 'secret:/opt/../key', 'secret:/opt/*', 'secrets'])(
    'refuses the exception %j',
    async (rule) => {
      expect((await scrub('--keep', rule)).exit).toBe(2);
    },
  );

  test.each([
    'etc/os-release',
    'etc/machine-id',
    'etc/parbake/scrub.yaml',
    'var/lib/parbake/state.json',
    'run/docker.pid',
  ])('does not hang on a pipe at %s', async (path) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    rmSync(join(root, path), { force: true });
    execFileSync('mkfifo', [join(root, path)]);
    const { exit } = await scrub();
    expect([0, 1, 2, 3, 5]).toContain(exit);
  });
});
