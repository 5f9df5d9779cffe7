import { describe, expect, test } from 'vitest';
import { fitsBranch } from '../../coordinator/core/preview/branch-pattern.ts';
import { parsePreviewFile } from '../../proto/preview/preview-file.ts';
import { parseRepositoryFile } from '../../proto/preview/repository-file.ts';

const variables = {
  ...{ branch: 'feature/x', sha: 'a'.repeat(40), short_sha: 'aaaaaaa', label: 'feature-x-2abc' },
  ...{ repository: 'acme/shop', url: 'https://x.example.com', number: '' },
};
const read = (text: string) => parsePreviewFile(text, 'parbake.preview.yaml', variables);
const head = 'apiVersion: parbake/v1\nkind: Preview\n';

describe('a preview file', () => {
  test('says what a branch gets', () => {
    const text = `${head}role: web
on: { branches: [main, 'release/*'], pull_requests: false }
hosts:
  - { port: 8080 }
  - { name: api, container: api, port: 9090, scheme: tcp }
env: { BRANCH: "\${branch}", AT: "\${url}/\${short_sha}", PRICE: "$$5" }
ttl: 2h
`;
    expect(read(text)).toEqual({
      role: 'web',
      on: { pullRequests: false, branches: ['main', 'release/*'] },
      hosts: [
        { name: '', container: '', port: 8080, scheme: 'http' },
        { name: 'api', container: 'api', port: 9090, scheme: 'tcp' },
      ],
      env: { BRANCH: 'feature/x', AT: 'https://x.example.com/aaaaaaa', PRICE: '$5' },
      ttlMs: 7_200_000,
    });
  });

  test.each([
    ['nothing', '', /:1:1: the preview file is empty/],
    ['no mapping', '[]', /must be a mapping/],
    ['another version', 'apiVersion: parbake/v9\nkind: Preview\nrole: web\n', /:1:13: .*parbake\/v1/],
    ['no role', head, /has no role/],
    ['an unknown key', `${head}role: web\nroles: [web]\n`, /:4:1: unknown key "roles".*"role"/],
    [
      'an unknown variable',
      `${head}role: web\nenv: { A: "\${HOME}" }\n`,
      /:4:\d+: variable HOME is not defined/,
    ],
    ['a variable of ours', `${head}role: web\nenv: { PARBAKE_X: a }\n`, /is set by Parbake itself/],
    ['a port of no kind', `${head}role: web\nhosts: [{ port: 99999 }]\n`, /port must be a whole number/],
    [
      'two hosts without a name',
      `${head}role: web\nhosts: [{ port: 1 }, { port: 2 }]\n`,
      /two hosts have no name/,
    ],
    ['a host that is none', `${head}role: web\nhosts: [{ name: A_b, port: 1 }]\n`, /:4:\d+: name "A_b"/],
    [
      'too many hosts',
      `${head}role: web\nhosts: [${Array.from({ length: 17 }, (_, i) => `{ name: h${i}, port: 1 }`).join()}]\n`,
      /more than 16/,
    ],
    ['a ttl that is too short', `${head}role: web\nttl: 1s\n`, /ttl must be whole seconds/],
    ['bombs', `${head}role: web\nx-a: &a [1,1]\nx-b: &b [*a,*a]\nenv: *b\n`, /env must be a mapping/],
    ['more bytes than a file has', `${head}role: web\n#${'x'.repeat(70_000)}\n`, /more than 65536 bytes/],
  ])('with %s is refused', (_, text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });

  test('names every mistake at once', () => {
    expect(() => read(`${head}rol: web\nttl: 1s\n`)).toThrow(/3 mistakes|2 mistakes/);
  });
});

describe('a file of repositories', () => {
  const good = `apiVersion: parbake/v1
kind: Repositories
github: { webhook_secret: secret }
repositories:
  acme/shop: { zone: shop.example.com, roles: [web], forks: { role: sandbox, zone: forks.example.net } }
  acme/site: { zone: site.example.com, roles: [web], max: 3, preview: site.yaml, address: 'http://{host}:8080' }
`;
  const repositories = (text: string) => parseRepositoryFile(text, 'repositories.yaml', {});

  test('says what each may have', () => {
    expect(repositories(good)).toMatchObject({
      url: 'https://api.github.com',
      tokenFile: undefined,
      secretFile: 'secret',
      repositories: [
        { name: 'acme/shop', max: 20, forks: { role: 'sandbox', zone: 'forks.example.net' } },
        {
          name: 'acme/site',
          max: 3,
          previewFile: 'site.yaml',
          address: 'http://{host}:8080',
          forks: undefined,
        },
      ],
    });
  });

  test.each([
    ['no owner', good.replace('acme/site', 'site'), /"site" is not a repository/],
    ['one zone twice', good.replace('site.example.com', 'shop.example.com'), /named twice/],
    [
      'plain HTTP to another machine',
      good.replace('{ webhook', '{ url: "http://x.example.com", webhook'),
      /is not an https URL/,
    ],
    ['no roles', good.replace('roles: [web], max', 'roles: [], max'), /roles is empty/],
    ['an address without a host', good.replace('http://{host}:8080', 'http://x'), /is not an address/],
  ])('with %s is refused', (_, text, expected) => {
    expect(() => repositories(text)).toThrow(expected);
  });
});

describe('a pattern of branches', () => {
  test.each([
    ['main', 'main', true],
    ['main', 'main2', false],
    ['release/*', 'release/1.0', true],
    ['release/*', 'release/1/2', false],
    ['release/**', 'release/1/2', true],
    ['**', 'any/thing', true],
    ['*-x', 'a-x-x', true],
    ['a.b', 'aXb', false],
    ['*', '', true],
    ['🚀*', '🚀/x', false],
    ['🚀**', '🚀/x', true],
  ])('%s and %s', (pattern, branch, fits) => {
    expect(fitsBranch(pattern, branch)).toBe(fits);
  });

  test('takes no time that grows with every star', () => {
    expect(fitsBranch('**a'.repeat(33), 'a'.repeat(250))).toBe(true);
    expect(fitsBranch(`${'**a'.repeat(33)}b`, 'a'.repeat(250))).toBe(false);
  });
});
