import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseRecipe, type Recipe } from '../../proto/recipe/recipe.ts';
import type { ReadBeside } from '../../proto/recipe/images.ts';

const variables: Record<string, string> = { VERSION: '1.2.9', EMPTY: '', PORT: '8080', MARK: '${VERSION}' };

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const files: Record<string, string> = {
  './cosign.pub': publicKey.export({ type: 'spki', format: 'pem' }),
  rubbish: 'rubbish',
};
const beside: ReadBeside = (path) => {
  const text = files[path];
  return text === undefined ? { ok: false, reason: 'it is away' } : { ok: true, text };
};

function read(text: string, given: Readonly<Record<string, string>> = {}): Recipe {
  return parseRecipe(text, { file: 'parbake.yaml', variables: given, env: variables, beside });
}

function failure(text: string, given: Readonly<Record<string, string>> = {}): ParbakeError {
  try {
    read(text, given);
  } catch (cause) {
    if (cause instanceof ParbakeError) return cause;
    throw cause;
  }
  throw new Error('the recipe was accepted');
}

test("the example in the agent's package is valid", () => {
  const path = join(import.meta.dirname, '../../packaging/deb/agent/parbake.yaml');
  const { roles } = read(readFileSync(path, 'utf8'), { TAG: '1.4.2' });
  expect(roles.map(({ name }) => name)).toEqual(['web']);
});

const digest = `sha256:${'0a'.repeat(32)}`;

const whole = `apiVersion: parbake/v1
images:
  - swarm:\${VERSION}
  - ref: registry.example.com/acme/app:1.4.2
    digest: ${digest}
    platform: linux/arm64
roles:
  web:
    containers:
      - name: app
        image: registry.example.com/acme/app:1.4.2
        prepare: create
        ports: [8080, "\${PORT}1"]
        ready: { http: { port: 8080, path: /healthz }, timeout: 5 }
        user_env: [DATABASE_URL, BRANCH]
        files: /run/parbake/files
      - name: swarm
        image: docker.io/library/swarm:1.2.9
        prepare: none
`;

/** A recipe around one container's extra lines. */
function withContainer(lines: string): string {
  return `apiVersion: parbake/v1
images: [app:1]
roles:
  web:
    containers:
      - name: app
        image: app:1
${lines}`;
}

test('reads a whole recipe, defaults filled in', () => {
  const recipe = read(whole.replace('1"]', '"]').replace('[8080, ', '['));
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
  expect(read(withContainer('')).roles[0]?.containers[0]?.prepare).toBe('gate');
});

test.each([
  ['ready: { tcp: { port: 5432 } }', { kind: 'tcp', port: 5432, timeoutMs: 60_000 }],
  ['ready: { log: "ready$" }', { kind: 'log', pattern: 'ready$', timeoutMs: 60_000 }],
  ['ready: { log: "a$$b" }', { kind: 'log', pattern: 'a$b', timeoutMs: 60_000 }],
  ['ready: { http: { port: 80 }, timeout: 1 }', { kind: 'http', port: 80, path: '/', timeoutMs: 1000 }],
])('readiness %s', (line, expected) => {
  expect(read(withContainer(`        ${line}`)).roles[0]?.containers[0]?.ready).toEqual(expected);
});

test('what a container gets only when it asks for it', () => {
  const containerOf = (lines: string) => read(withContainer(lines)).roles[0]?.containers[0];
  expect(containerOf('        init: true\n        read_only: true\n')).toMatchObject({
    init: true,
    readOnly: true,
  });
  const plain = containerOf('        init: false\n        read_only: false\n');
  expect(plain).not.toHaveProperty('init');
  expect(plain).not.toHaveProperty('readOnly');
});

test('who comes after whom, and how long an end may take', () => {
  const { roles } = read(
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
  expect(read(withContainer(`        restart: ${policy}\n`)).roles[0]?.containers[0]).toMatchObject({
    restart,
  });
});

test('a container as people write it', () => {
  const [app] =
    read(
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
    ...{ memoryBytes: 512 * 1024 ** 2, cpus: 1.5, pidsLimit: 200 },
    logging: { maxBytes: 20 * 1024 ** 2, maxFiles: 5 },
    publish: '127.0.0.1',
  });
});

test('two containers may listen on one port when only one publishes it', () => {
  const { roles } = read(
    withContainer('        ports: [80]\n      - { name: db, image: app:1, ports: [80], publish: false }\n'),
  );
  expect(roles[0]?.containers[1]).toMatchObject({ ports: [80], publish: false });
});

test('a role says what a lost machine means, a container whether the assignment ends with it', () => {
  const { roles } = read(
    withContainer('        essential: false\n').concat('    on_loss: replace\n    silent_after: 1m30s\n'),
  );
  expect(roles[0]).toMatchObject({
    onLoss: 'replace',
    silentAfterMs: 90_000,
    containers: [{ essential: false }],
  });
});

test('a pin inside the reference is taken out of it when there is also a tag', () => {
  const { images } = read(`apiVersion: parbake/v1\nimages: ["app:1@${digest}", "b@${digest}"]\n`);
  expect(images.map((image) => [image.ref, image.digest])).toEqual([
    ['app:1', digest],
    [`b@${digest}`, digest],
  ]);
});

test('an image can be left to the instances, which is of use only to a role', () => {
  const { images, warnings } = read(`apiVersion: parbake/v1
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
  expect(failure('apiVersion: parbake/v1\nimages: [{ ref: "a:1", bake: no }]').message).toContain(
    '2:30: bake must be true or false',
  );
});

test('an image can name the key that has to have signed it, wherever it is pulled', () => {
  const { images } = read(
    'apiVersion: parbake/v1\nimages: [{ ref: "a:1", cosign_key: ./cosign.pub }, { ref: "b:1", bake: true }]\n',
  );
  expect(images.map(({ signingKey }) => signingKey?.key.equals(publicKey))).toEqual([true, undefined]);
});

test('latest and no tag are warned about, with their place, unless a digest pins them', () => {
  const { warnings } = read(
    `apiVersion: parbake/v1\nimages:\n  - a\n  - b:latest\n  - c:1\n  - { ref: d, digest: "${digest}" }\n`,
  );
  expect(warnings.map(({ code, message }) => [code, message.split(': ')[0]])).toEqual([
    ['IMAGE_UNPINNED', 'parbake.yaml:3:5'],
    ['IMAGE_UNPINNED', 'parbake.yaml:4:5'],
  ]);
});

test('a value that looks like a variable is not filled in again', () => {
  expect(failure('apiVersion: parbake/v1\nimages: ["app:${MARK}"]').message).toContain('"app:${VERSION}"');
});

describe('mistakes, at their place', () => {
  const images = 'apiVersion: parbake/v1\nimages:\n';
  test.each([
    ['', '1:1: the recipe is empty'],
    ['- a\n', '1:1: the recipe must be a mapping'],
    ['images: [a:1]\n', '1:1: the recipe has no apiVersion; example: apiVersion: parbake/v1'],
    ['apiVersion: parbake/v2\nimages: [a:1]\n', '1:13: apiVersion "parbake/v2" is not one of parbake/v1'],
    ['apiVersion: parbake/v1\n', '1:1: the recipe has no images'],
    ['apiVersion: parbake/v1\nimages: []\n', '2:9: images is empty'],
    ['apiVersion: parbake/v1\nimages: a:1\n', '2:9: images must be a list'],
    [`${images}  - a:1\nrols: {}\n`, '4:1: unknown key "rols" in the recipe; did you mean "roles"?'],
    [
      `${images}  - a:1\nnothing_like_it: {}\n`,
      '4:1: unknown key "nothing_like_it" in the recipe; known keys are',
    ],
    [`${images}  - { rfe: a:1 }\n`, '3:7: unknown key "rfe" in the image; did you mean "ref"?'],
    [`${images}  - a:1\n  - docker.io/library/a:1\n`, '4:5: image a:1 is listed twice'],
    [`${images}  - UPPER\n`, '3:5: "UPPER" is not an image reference: a repository name is lower-case'],
    [`${images}  - { ref: a:1, digest: sha256:12 }\n`, '3:25: "sha256:12" is not a digest'],
    [
      `${images}  - { ref: a:1, cosign_key: gone.pub }\n`,
      '3:29: the key gone.pub cannot be read: it is away',
    ],
    [
      `${images}  - { ref: a:1, cosign_key: rubbish }\n`,
      '3:29: rubbish is not a valid signing key: it is not PEM',
    ],
    [`${images}  - { ref: a:1, cosign_key: "" }\n`, '3:29: cosign_key is empty'],
    [`${images}  - { ref: a:1, cosign_key }\n`, '3:17: cosign_key has no value'],
    [`${images}  - { ref: a:1, cosign_key: [k] }\n`, '3:29: cosign_key must be text'],
    [`${images}  - { ref: a:1, platform: amd64 }\n`, '3:27: "amd64" is not a platform'],
    [`${images}  - "a:\${b c}"\n`, '3:8: "${b c}" is not a variable'],
    [`${images}  - a:1\n  - b: [\n`, '5:1'],
    [`${images}  - a:1\nimages: []\n`, '4:1: images is given twice'],
    [`${images}  - a:1\nx-a: { b: { c: 1, c: 2 } }\n`, '4:19: c is given twice'],
    [
      `%YAML 1.1\n---\n${images}  - a:1\nroles: { <<: { web: {} } }\n`,
      '1:1: recipes are YAML 1.2, not 1.1: remove the line "%YAML 1.1"',
    ],
    [withContainer('        redy: {}\n'), '8:9: unknown key "redy" in the container; did you mean "ready"?'],
    [
      withContainer('        userEnv: []\n'),
      '8:9: unknown key "userEnv" in the container; did you mean "user_env"?',
    ],
    [
      withContainer('        prepare: most\n'),
      '8:18: prepare "most" is not one of none, create, start, pause, gate',
    ],
    [
      withContainer('        prepare: pause\n        user_env: [BRANCH]\n'),
      '9:19: with prepare: pause the program runs before its user is known',
    ],
    [withContainer('        ports: [0]\n'), '8:17: a port must be a whole number from 1 to 65535'],
    [withContainer('        ports: [65536]\n'), '8:17: a port must be'],
    [withContainer('        ports: ["80"]\n'), '8:17: a port must be'],
    [withContainer('        ports: [80, 80]\n'), '8:21: port 80 is already published by container "app"'],
    [withContainer('        user_env: [PARBAKE_USER]\n'), '8:20: PARBAKE_USER is set by Parbake itself'],
    [withContainer('        user_env: [A-B]\n'), '8:20: "A-B" is not the name'],
    [withContainer('        user_env: [A, A]\n'), '8:23: A is listed twice'],
    [withContainer('        files: run/files\n'), '8:16: files must be an absolute path'],
    [withContainer('        files: /run/../etc\n'), '8:16: files must be an absolute path'],
    [withContainer('        ready: {}\n'), '8:16: ready must have exactly one of http, tcp and log'],
    [withContainer('        ready: { tcp: { port: 1 }, log: x }\n'), '8:16: ready must have exactly one'],
    [withContainer('        ready: { http: {} }\n'), '8:24: http has no port'],
    [withContainer('        ready: { tcp: { port: 1, path: / } }\n'), '8:34: unknown key "path" in tcp'],
    [withContainer('        ready: { http: { port: 1, path: x } }\n'), '8:41: path must begin with a slash'],
    [withContainer('        ready: { log: "(" }\n'), '8:23: "(" is not a regular expression'],
    [
      withContainer('        ready: { tcp: { port: 1 }, timeout: 0 }\n'),
      '8:45: timeout must be whole seconds from 1s to 1h',
    ],
    [
      withContainer('      - name: app\n        image: app:1\n'),
      '8:9: role web has two containers named "app"',
    ],
    [withContainer('        after: app\n'), '8:16: after must be a list'],
    [withContainer('        after: [app]\n'), '8:17: container "app" cannot come after itself'],
    [
      withContainer('        after: [ap]\n'),
      '8:17: after names "ap", which role web does not have; did you mean "app"?',
    ],
    [withContainer('        after: [db, db]\n'), '8:21: after names "db" twice'],
    [
      withContainer('        after: [c]\n      - { name: b, image: app:1, after: [app] }\n').concat(
        '      - { name: c, image: app:1, after: [b] }\n',
      ),
      '9:42: containers wait for each other: app after c after b after app',
    ],
    [
      withContainer('        prepare: pause\n        after: [db]\n      - { name: db, image: app:1 }\n'),
      '9:17: with prepare: pause container "app" runs before the order, and "db" (prepare: gate) only',
    ],
    [withContainer('        stop_timeout: 1.5\n'), '8:23: stop_timeout must be whole seconds'],
    [withContainer('        read_only: 1\n'), '8:20: read_only'],
    [withContainer('        restart: unless-stopped\n'), '8:18: restart "unless-stopped" is not one of no,'],
    [withContainer('        restart: on-failure:0\n'), '8:18: restart "on-failure:0" is not one of no,'],
    [withContainer('        essential: 1\n'), '8:20: essential must be true or false'],
    [withContainer('    on_loss: move\n'), '8:14: on_loss "move" is not one of fail, replace'],
    [withContainer('    silent_after: 59s\n'), '8:19: silent_after must be whole seconds from 60s to 24h'],
    [withContainer('        env: [A=1, A=2]\n'), '8:20: env has A twice'],
    [withContainer('        env: [A]\n'), '8:15: "A" has no value; write A=value'],
    [
      withContainer('        env: { A: yes, B: true }\n'),
      '8:27: variable B must be text; put true in quotes',
    ],
    [withContainer('        command: "a \'b"\n'), '8:18: command has a quote that is not closed'],
    [
      withContainer('        volumes: ["./data:/data"]\n'),
      '8:19: "./data:/data" would mount a file of the instance',
    ],
    [withContainer('        volumes: ["a:/x", "b:/x"]\n'), '8:27: something else is mounted at /x already'],
    [
      withContainer('        tmpfs: /run:exec,suid\n'),
      '8:16: tmpfs option "suid" is not one such as size=64m',
    ],
    [withContainer('        memory: 5m\n'), '8:17: memory must be a size from 6m to 16384g'],
    [withContainer('        publish: lan\n'), '8:18: publish "lan" is neither true, false nor an IP address'],
    [withContainer('        stop_timeout: 3601\n'), '8:23: stop_timeout must be whole seconds from 0s to 1h'],
    [withContainer('').replace('name: app', 'name: App_1'), '6:15: "App_1" is not a container name'],
    [withContainer('').replace('  web:', '  Web:'), '4:3: "Web" is not a role name'],
    [
      withContainer('').replace('image: app:1', 'image: app:2'),
      '7:16: image "app:2" is not listed in images; did you mean "app:1"?',
    ],
    [withContainer('').replace('        image: app:1\n', ''), '6:9: the container has no image'],
    [withContainer('').replace(/containers:[^]*/, 'containers: []\n'), '5:17: containers is empty'],
  ])('%j', (text, expected) => {
    const error = failure(text);
    expect(error.code).toBe('RECIPE_INVALID');
    expect(error.message).toContain(`parbake.yaml:${expected}`);
  });
});

test('an undefined variable has a code of its own, and its own column', () => {
  const error = failure('apiVersion: parbake/v1\nimages:\n  - swarm:${SWARM}\n  - "b:${VERSION}${OTHER}"\n');
  expect(error.code).toBe('RECIPE_VARIABLE_UNDEFINED');
  expect(error.message).toContain('parbake.yaml:3:11: variable SWARM is not defined');
  expect(error.message).toContain('parbake.yaml:4:18: variable OTHER is not defined');
});

test('an empty variable is defined', () => {
  expect(failure('apiVersion: parbake/v1\nimages: ["a:${EMPTY}"]\n').code).toBe('RECIPE_INVALID');
});

test('an image that cannot be read does not make a role that names it wrong too', () => {
  const error = failure(withContainer('').replace('[app:1]', '["app:${NONE}"]'));
  expect(error.message.split('\n')).toHaveLength(1);
});

test('all mistakes come at once, in the order of the file', () => {
  const error = failure('apiVersion: v0\nimages:\n  - UPPER\n  - a:${NONE}\nrols: {}\n');
  expect(error.code).toBe('RECIPE_INVALID');
  const places = error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(' ')[0]);
  expect(places).toEqual([
    'parbake.yaml:1:13:',
    'parbake.yaml:3:5:',
    'parbake.yaml:4:7:',
    'parbake.yaml:5:1:',
  ]);
});

test('anchors and aliases are read where they point', () => {
  const recipe = read(
    withContainer(
      '        ports: &p [80]\n  other:\n    containers: [{ name: b, image: app:1, ports: *p }]\n',
    ),
  );
  expect(recipe.roles[1]?.containers[0]?.ports).toEqual([80]);
});

test('a container that an alias names is read whole, and so are lists and variables in them', () => {
  const recipe = read(
    `apiVersion: parbake/v1
x-shared: { names: &names ["\${NAME}", BRANCH] }
images: [app:1]
roles:
  web: { containers: [&p { name: app, image: app:1, user_env: *names, files: /files }] }
  other: { containers: [*p] }
`,
    { NAME: 'DATABASE_URL' },
  );
  expect(recipe.roles.map(({ containers }) => containers[0]?.userEnv)).toEqual([
    ['DATABASE_URL', 'BRANCH'],
    ['DATABASE_URL', 'BRANCH'],
  ]);
  expect(recipe.roles[1]?.containers).toEqual(recipe.roles[0]?.containers);
});

test('<< brings in the keys of other mappings, those of its own first', () => {
  const { roles } = read(`apiVersion: parbake/v1
images: [app:1]
x-one: &one { image: app:1, ports: [80], prepare: none }
x-two: &two { ports: [81], stop_timeout: 1 }
roles: { web: { containers: [{ <<: [*one, *two], name: app, prepare: start }] } }
`);
  expect(roles[0]?.containers[0]).toMatchObject({
    image: 'app:1',
    ports: [80],
    prepare: 'start',
    stopTimeoutSeconds: 1,
  });
  expect(failure('apiVersion: parbake/v1\nimages: [a:1]\n<<: &me { <<: *me }\n').message).toContain(
    'brings in itself',
  );
});

test('an alias without an anchor is named', () => {
  const text = 'apiVersion: parbake/v1\nimages: [a:1, *b]\n';
  expect(failure(text).message).toContain(':2:15: *b names no anchor');
});

test('mappings that bring in each other many times are read once each', () => {
  const brought = Array.from({ length: 30 }, (_, index) => {
    const before = `*a${index}`;
    return `x-${index}: &a${index + 1} { <<: [${before}, ${before}, ${before}] }`;
  });
  const { roles } = read(`
x-base: &a0 { name: app, image: "a:1" }
${brought.join('\n')}
apiVersion: parbake/v1
images: [a:1]
roles: { web: { containers: [{ <<: *a30 }] } }
`);
  expect(roles[0]?.containers[0]?.name).toBe('app');
});

test('a mistake that several aliases name is told once', () => {
  const error = failure(`apiVersion: parbake/v1
images: [app:1]
roles:
  web: { containers: [&p { name: app, image: app:1, ports: [0] }] }
  other: { containers: [*p] }
`);
  expect(error.message.split('\n')).toHaveLength(1);
});

test.each([
  ['whole.replace', whole.replace('    containers:', '\tcontainers:'), '9:1'],
  ['a list item', whole.replace('  - ref:', '\t- ref:'), '4:1'],
  ['behind spaces', whole.replace('        prepare: create', '      \t prepare: create'), '12:7'],
  ['in a flow list', whole.replace('[DATABASE_URL, BRANCH]', '[DATABASE_URL,\n\tBRANCH]'), '16:1'],
])('one tab that indents is one error: %s', (_, text, place) => {
  const { code, message } = failure(text);
  expect(code).toBe('RECIPE_INVALID');
  expect(message.split('\n')).toEqual([
    `parbake.yaml:${place}: a tab indents this line; YAML is indented with spaces`,
  ]);
});

test('keys of Compose are answered with what to write here', () => {
  const error = failure(withContainer('        depends_on: [db]\n        environment: { A: b }\n'));
  expect(error.message).toContain(
    'unknown key "depends_on" in the container; Compose\'s depends_on is "after" here',
  );
  expect(error.message).toContain('Compose\'s environment is "env" here');
  expect(failure('version: "3"\nimages: [a:1]\n').message).toContain('write "apiVersion: parbake/v1"');
});

test('a given variable that the recipe does not have is refused, and the nearest is named', () => {
  const text = 'apiVersion: parbake/v1\nimages: ["swarm:${VERSION}"]\n';
  const error = failure(text, { VERSOIN: '1' });
  expect([error.code, error.exitCode]).toEqual(['RECIPE_VARIABLE_UNUSED', 2]);
  expect(error.message).toBe('--var VERSOIN: parbake.yaml has no such variable; did you mean VERSION?');
  expect(failure(text, { CITY: '1' }).message).toContain('it has VERSION');
  expect(failure('apiVersion: parbake/v1\nimages: [a:1]\n', { CITY: '1' }).message).toContain('no variables');
});

test('a misspelt variable is named beside the one that it leaves undefined', () => {
  const { code, message } = failure('apiVersion: parbake/v1\nimages: ["swarm:${TAG}"]\n', { TGA: '1' });
  expect(code).toBe('RECIPE_VARIABLE_UNDEFINED');
  expect(message).toContain('2:17: variable TAG is not defined');
  expect(message).toContain('--var TGA: parbake.yaml has no such variable; did you mean TAG?');
});
