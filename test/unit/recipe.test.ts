import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  digest,
  publicKey,
  readRecipe,
  recipeFailure,
  wholeRecipe,
  withContainer,
} from '../support/recipes.ts';

test("the example in the agent's package is valid", () => {
  const path = join(import.meta.dirname, '../../packaging/deb/agent/parbake.yaml');
  const { roles } = readRecipe(readFileSync(path, 'utf8'), { TAG: '1.4.2' });
  expect(roles.map(({ name }) => name)).toEqual(['web']);
});

test('reads a whole recipe, defaults filled in', () => {
  const recipe = readRecipe(wholeRecipe.replace('1"]', '"]').replace('[8080, ', '['));
  expect(recipe.images).toMatchObject([
    { ref: 'swarm:1.2.9', image: { domain: 'docker.io', path: 'library/swarm', tag: '1.2.9' } },
    { ref: 'registry.example.com/acme/app:1.4.2', digest, platform: 'linux/arm64' },
  ]);
  expect(recipe.images[0]).not.toHaveProperty('digest');
  expect(recipe.roles).toEqual([
    {
      name: 'web',
      containers: [
        {
          name: 'app',
          image: 'registry.example.com/acme/app:1.4.2',
          prepare: 'create',
          ports: [8080],
          ready: { kind: 'http', port: 8080, path: '/healthz', timeoutMs: 5000 },
          userEnv: ['DATABASE_URL', 'BRANCH'],
          files: '/run/parbake/files',
        },
        {
          name: 'swarm',
          image: 'swarm:1.2.9',
          prepare: 'none',
          ports: [],
          ready: { kind: 'started' },
          userEnv: [],
        },
      ],
    },
  ]);
  expect(recipe.warnings).toEqual([]);
});

test('gate is the default preparation', () => {
  expect(readRecipe(withContainer('')).roles[0]?.containers[0]?.prepare).toBe('gate');
});

test.each([
  ['ready: { tcp: { port: 5432 } }', { kind: 'tcp', port: 5432, timeoutMs: 60_000 }],
  ['ready: { log: "ready$" }', { kind: 'log', pattern: 'ready$', timeoutMs: 60_000 }],
  ['ready: { log: "a$$b" }', { kind: 'log', pattern: 'a$b', timeoutMs: 60_000 }],
  ['ready: { http: { port: 80 }, timeout: 1 }', { kind: 'http', port: 80, path: '/', timeoutMs: 1000 }],
])('readiness %s', (line, expected) => {
  expect(readRecipe(withContainer(`        ${line}`)).roles[0]?.containers[0]?.ready).toEqual(expected);
});

test('what a container gets only when it asks for it', () => {
  const containerOf = (lines: string) => readRecipe(withContainer(lines)).roles[0]?.containers[0];
  expect(containerOf('        init: true\n        read_only: true\n')).toMatchObject({
    init: true,
    readOnly: true,
  });
  const plain = containerOf('        init: false\n        read_only: false\n');
  expect(plain).not.toHaveProperty('init');
  expect(plain).not.toHaveProperty('readOnly');
});

test('who comes after whom, and how long an end may take', () => {
  const { roles } = readRecipe(
    withContainer('        after: [db]\n        stop_timeout: 0\n      - { name: db, image: app:1 }\n'),
  );
  const [app, db] = roles[0]?.containers ?? [];
  expect(app).toMatchObject({ after: ['db'], stopTimeoutSeconds: 0 });
  expect(db).not.toHaveProperty('after');
  expect(db).not.toHaveProperty('stopTimeoutSeconds');
});

test.each([
  ['no', { name: 'no' }],
  ['always', { name: 'always' }],
  ['on-failure', { name: 'on-failure' }],
  ['on-failure:3', { name: 'on-failure', maxRetries: 3 }],
])('restart: %s', (policy, restart) => {
  expect(readRecipe(withContainer(`        restart: ${policy}\n`)).roles[0]?.containers[0]).toMatchObject({
    restart,
  });
});

test('a container as people write it', () => {
  const [app] =
    readRecipe(
      withContainer(`        env: { LEVEL: info, PORT: 8080 }
        entrypoint: ["/usr/bin/tini", "--"]
        command: serve --name "two words" 'it''s'
        working_dir: /srv
        tmpfs: [/run, "/tmp:size=64m,mode=1777"]
        volumes: ["data:/data", "data:/again:ro"]
        memory: 512m
        cpus: 1.5
        pids_limit: 200
        logging: { options: { max-size: 20m, max-file: "5" } }
        publish: 127.0.0.1
        ports: [80]
`),
    ).roles[0]?.containers ?? [];
  expect(app).toMatchObject({
    env: { LEVEL: 'info', PORT: '8080' },
    entrypoint: ['/usr/bin/tini', '--'],
    command: ['serve', '--name', 'two words', 'its'],
    workingDir: '/srv',
    tmpfs: [
      { path: '/run', options: '' },
      { path: '/tmp', options: 'size=64m,mode=1777' },
    ],
    volumes: [
      { volume: 'data', path: '/data' },
      { volume: 'data', path: '/again', readOnly: true },
    ],
    memoryBytes: 512 * 1024 ** 2,
    cpus: 1.5,
    pidsLimit: 200,
    logging: { maxBytes: 20 * 1024 ** 2, maxFiles: 5 },
    publish: '127.0.0.1',
  });
});

test('two containers may listen on one port when only one publishes it', () => {
  const { roles } = readRecipe(
    withContainer('        ports: [80]\n      - { name: db, image: app:1, ports: [80], publish: false }\n'),
  );
  expect(roles[0]?.containers[1]).toMatchObject({ ports: [80], publish: false });
});

test('a role says what a lost machine means, a container whether the assignment ends with it', () => {
  const { roles } = readRecipe(
    withContainer('        essential: false\n').concat('    on_loss: replace\n    silent_after: 1m30s\n'),
  );
  expect(roles[0]).toMatchObject({
    onLoss: 'replace',
    silentAfterMs: 90_000,
    containers: [{ essential: false }],
  });
});

test('a pin inside the reference is taken out of it when there is also a tag', () => {
  const { images } = readRecipe(`apiVersion: parbake/v1\nimages: ["app:1@${digest}", "b@${digest}"]\n`);
  expect(images.map((image) => [image.ref, image.digest])).toEqual([
    ['app:1', digest],
    [`b@${digest}`, digest],
  ]);
});

test('an image can be left to the instances, which is of use only to a role', () => {
  const { images, warnings } = readRecipe(`apiVersion: parbake/v1
images: [{ ref: "a:1", bake: false }, { ref: "b:1", bake: false }, { ref: "c:1", bake: true }]
roles: { web: { containers: [{ name: app, image: "a:1" }] } }
`);
  expect(images.map(({ ref, atBoot }) => [ref, atBoot])).toEqual([
    ['a:1', true],
    ['b:1', true],
    ['c:1', undefined],
  ]);
  expect(warnings.map(({ code }) => code)).toEqual(['IMAGE_NOT_PULLED']);
  expect(warnings[0]?.message).toContain('b:1');
  expect(recipeFailure('apiVersion: parbake/v1\nimages: [{ ref: "a:1", bake: no }]').message).toContain(
    '2:30: bake must be true or false',
  );
});

test('an image can name the key that has to have signed it, wherever it is pulled', () => {
  const { images } = readRecipe(
    'apiVersion: parbake/v1\nimages: [{ ref: "a:1", cosign_key: ./cosign.pub }, { ref: "b:1", bake: true }]\n',
  );
  expect(images.map(({ signingKey }) => signingKey?.key.equals(publicKey))).toEqual([true, undefined]);
});

test('latest and no tag are warned about, with their place, unless a digest pins them', () => {
  const { warnings } = readRecipe(
    `apiVersion: parbake/v1\nimages:\n  - a\n  - b:latest\n  - c:1\n  - { ref: d, digest: "${digest}" }\n`,
  );
  expect(warnings.map(({ code, message }) => [code, message.split(': ')[0]])).toEqual([
    ['IMAGE_UNPINNED', 'parbake.yaml:3:5'],
    ['IMAGE_UNPINNED', 'parbake.yaml:4:5'],
  ]);
});

test('a value that looks like a variable is not filled in again', () => {
  expect(recipeFailure('apiVersion: parbake/v1\nimages: ["app:${MARK}"]').message).toContain(
    '"app:${VERSION}"',
  );
});
