import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { sections } from '../../proto/recipe/keys.ts';
import { parseRecipe } from '../../proto/recipe/recipe.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/recipe.schema.json'), 'utf8'),
) as object;
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

/** What an editor says. */
function editorAccepts(text: string): boolean {
  return validate(parse(text, { merge: true }));
}

/** What the programs say. */
function readerAccepts(text: string): boolean {
  try {
    parseRecipe(text, {
      file: 'r.yaml',
      variables: {},
      env: { PORT: '8080', TAG: '2', TRUE: 'true' },
      beside: () => ({ ok: true, text: pem }),
    });
    return true;
  } catch {
    return false;
  }
}

const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----
`;

/** Where the keys of a section go in a recipe; an example may bring one that stands here already. */
const around: Record<string, (line: string) => string> = {
  recipe: (line) =>
    [
      'apiVersion: parbake/v1',
      'images: ["app:1", "app:1.4.2", "redis:7.4"]',
      'roles: { web: { containers: [{ name: app, image: "app:1.4.2" }] } }',
    ]
      .filter((each) => !isSameKey(each, line))
      .concat(line)
      .join('\n'),
  image: (line) => `apiVersion: parbake/v1\nimages: [{ ${join2('ref: app:1', line)} }]\n`,
  role: (line) => {
    const lines = ['containers: [{ name: app, image: "app:1" }]', 'on_loss: replace'];
    return `apiVersion: parbake/v1\nimages: ["app:1"]\nroles:\n  web: { ${lines
      .filter((each) => !isSameKey(each, line))
      .concat(line)
      .join(', ')} }\n`;
  },
  container: (line) => {
    const lines = ['name: main', 'image: "app:1"', ...(line.startsWith('held') ? ['prepare: hold'] : [])];
    const image = /^image: "?([^"]*)"?$/.exec(line)?.[1] ?? 'db:1';
    return `apiVersion: parbake/v1\nimages: ["app:1", ${JSON.stringify(image)}]\nroles: { web: { containers: [{ ${lines
      .filter((each) => !isSameKey(each, line))
      .concat(line)
      .join(', ')} }, { name: db, image: "app:1" }] } }\n`;
  },
  ready: (line) =>
    inContainer(`ready: { ${line.startsWith('timeout') ? `tcp: { port: 1 }, ${line}` : line} }`),
  held: (line) =>
    inContainer(`prepare: hold, held: { ${line.startsWith('timeout') ? `reads: true, ${line}` : line} }`),
  http: (line) => inContainer(`ready: { http: { ${join2('port: 1', line)} } }`),
  certificate: (line) => inContainer(`certificate: { ${line} }`),
  logging: (line) => inContainer(`logging: { ${line} }`),
  options: (line) => inContainer(`logging: { options: { ${line} } }`),
  tcp: (line) => inContainer(`ready: { tcp: { ${line} } }`),
};

function isSameKey(a: string, b: string): boolean {
  return a.split(':')[0] === b.split(':')[0];
}

function join2(line: string, other: string): string {
  return isSameKey(line, other) ? other : `${line}, ${other}`;
}

function inContainer(line: string): string {
  return around['container']?.(line) ?? '';
}

const examples = sections.flatMap(({ name, keys }) =>
  Object.entries(keys).map(([key, { example }]) => [`${name}.${key}`, around[name]?.(example) ?? '']),
);

test.each(examples)(
  'the example of %s in the reference is accepted by the reader and by an editor',
  (_, text) => {
    expect([readerAccepts(text ?? ''), editorAccepts(text ?? '')]).toEqual([true, true]);
  },
);

test.each(
  [
    'ports: ["${PORT}"]',
    'init: "${TRUE}"',
    'stop_timeout: 0',
    'stop_timeout: 1h',
    'restart: no',
    'restart: on-failure',
    'ready: { log: "a$$b" }',
    'ready: { http: { port: 80 }, timeout: 1m30s }',
    'image: "app:${TAG}"',
    'env: [LEVEL=info, EMPTY=]',
    'env: { PORT: 8080, EMPTY: "" }',
    'command: [serve, 8080]',
    'entrypoint: sh -c "echo ready"',
    'tmpfs: "/run:size=64m,mode=1777"',
    'volumes: ["data:/data:ro"]',
    'memory: 536870912',
    'memory: 1.5g',
    'cpus: "0.5"',
    'publish: "::1"',
    'publish: false',
    'logging: { driver: json-file, options: { max-size: 10m, max-file: "3" } }',
  ].map((line) => [line]),
)('both accept %s', (line) => {
  const text = inContainer(line);
  expect([readerAccepts(text), editorAccepts(text)]).toEqual([true, true]);
});

test.each(
  [
    'ports: ["80"]',
    'ports: [0]',
    'ports: [65536]',
    'ports: 80',
    'init: 1',
    'init: "yes"',
    'prepare: most',
    'restart: unless-stopped',
    'restart: on-failure:0',
    'stop_timeout: -1',
    'stop_timeout: 1.5',
    'stop_timeout: soon',
    'stop_timeout: 3601',
    'essential: maybe',
    'user_env: [A-B]',
    'user_env: [PARBAKE_USER]',
    'files: run/files',
    'files: /run/../etc',
    'after: db',
    'name: App_1',
    'environment: { A: b }',
    'ready: {}',
    'ready: { tcp: { port: 1 }, log: x }',
    'ready: { http: { port: 1, path: x } }',
    'ready: { tcp: {} }',
    'ready:',
    'image: UPPER',
    'env: { A: true }',
    'env: { A-B: c }',
    'env: { PARBAKE_USER: c }',
    'env: [A]',
    'env: { A: }',
    'command: []',
    'command: ""',
    'working_dir: srv',
    'tmpfs: run',
    'volumes: ["./data:/data"]',
    'volumes: ["/etc:/data"]',
    'volumes: [data]',
    'volumes: ["data:/data:rwx"]',
    'memory: lots',
    'cpus: 0',
    'cpus: many',
    'pids_limit: 0',
    'publish: everywhere',
    'logging: { driver: syslog }',
    'logging: { options: { max-file: 0 } }',
  ].map((line) => [line]),
)('both refuse %s', (line) => {
  const text = inContainer(line);
  expect([readerAccepts(text), editorAccepts(text)]).toEqual([false, false]);
});

test.each([
  ['images: ["app:1"]\n'],
  ['apiVersion: parbake/v2\nimages: ["app:1"]\n'],
  ['apiVersion: parbake/v1\n'],
  ['apiVersion: parbake/v1\nimages: []\n'],
  ['apiVersion: parbake/v1\nimages: ["app:1"]\nrols: {}\n'],
  ['apiVersion: parbake/v1\nimages: [{ ref: "app:1", bake: 1 }]\n'],
  ['apiVersion: parbake/v1\nimages: [{ digest: sha256:12 }]\n'],
  [
    'apiVersion: parbake/v1\nimages: ["app:1"]\nroles: { Web: { containers: [{ name: a, image: "app:1" }] } }\n',
  ],
  ['apiVersion: parbake/v1\nimages: ["app:1"]\nroles: { web: { containers: [] } }\n'],
  ['apiVersion: parbake/v1\nimages: ["app:1"]\nroles: { web: {} }\n'],
])('both refuse %j', (text) => {
  expect([readerAccepts(text), editorAccepts(text)]).toEqual([false, false]);
});

test('both take anchors, aliases and merged mappings', () => {
  const text = `apiVersion: parbake/v1
x-base: &base { image: "app:1", ports: &ports [80] }
images: ["app:1"]
roles:
  web: { containers: [{ <<: *base, name: app }] }
  other: { containers: [{ name: app, image: "app:1", ports: *ports }] }
`;
  expect([readerAccepts(text), editorAccepts(text)]).toEqual([true, true]);
});
