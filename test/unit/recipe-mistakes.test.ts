import { describe, expect, test } from 'vitest';
import { recipeFailure, withContainer } from '../support/recipes.ts';

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
      '1:1: the recipe must be YAML 1.2, not 1.1: remove the line "%YAML 1.1"',
    ],
    [withContainer('        redy: {}\n'), '8:9: unknown key "redy" in the container; did you mean "ready"?'],
    [
      withContainer('        userEnv: []\n'),
      '8:9: unknown key "userEnv" in the container; did you mean "user_env"?',
    ],
    [
      withContainer('        prepare: most\n'),
      '8:18: prepare "most" is not one of none, create, start, pause, gate, hold',
    ],
    [withContainer('        held: { reads: true }\n'), '8:15: held is for a container with "prepare: hold"'],
    [
      withContainer('        prepare: hold\n        held: { reads: false }\n'),
      '9:24: reads is true, or left out',
    ],
    [
      withContainer('        prepare: hold\n        held: { reads: true, log: x }\n'),
      '9:15: held must have exactly one of reads, http, tcp and log',
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
    const error = recipeFailure(text);
    expect(error.code).toBe('RECIPE_INVALID');
    expect(error.message).toContain(`parbake.yaml:${expected}`);
  });
});

test('an undefined variable has a code of its own, and its own column', () => {
  const error = recipeFailure(
    'apiVersion: parbake/v1\nimages:\n  - swarm:${SWARM}\n  - "b:${VERSION}${OTHER}"\n',
  );
  expect(error.code).toBe('RECIPE_VARIABLE_UNDEFINED');
  expect(error.message).toContain('parbake.yaml:3:11: variable SWARM is not defined');
  expect(error.message).toContain('parbake.yaml:4:18: variable OTHER is not defined');
});

test('an empty variable is defined', () => {
  expect(recipeFailure('apiVersion: parbake/v1\nimages: ["a:${EMPTY}"]\n').code).toBe('RECIPE_INVALID');
});

test('an image that cannot be read does not make a role that names it wrong too', () => {
  const error = recipeFailure(withContainer('').replace('[app:1]', '["app:${NONE}"]'));
  expect(error.message.split('\n')).toHaveLength(1);
});

test('all mistakes come at once, in the order of the file', () => {
  const error = recipeFailure('apiVersion: v0\nimages:\n  - UPPER\n  - a:${NONE}\nrols: {}\n');
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

test('keys of Compose are answered with what to write here', () => {
  const error = recipeFailure(withContainer('        depends_on: [db]\n        environment: { A: b }\n'));
  expect(error.message).toContain(
    'unknown key "depends_on" in the container; Compose\'s depends_on is "after" here',
  );
  expect(error.message).toContain('Compose\'s environment is "env" here');
  expect(recipeFailure('version: "3"\nimages: [a:1]\n').message).toContain('write "apiVersion: parbake/v1"');
});

test('a given variable that the recipe does not have is refused, and the nearest is named', () => {
  const text = 'apiVersion: parbake/v1\nimages: ["swarm:${VERSION}"]\n';
  const error = recipeFailure(text, { VERSOIN: '1' });
  expect([error.code, error.exitCode]).toEqual(['RECIPE_VARIABLE_UNUSED', 2]);
  expect(error.message).toBe('--var VERSOIN: parbake.yaml has no such variable; did you mean VERSION?');
  expect(recipeFailure(text, { CITY: '1' }).message).toContain('it has VERSION');
  expect(recipeFailure('apiVersion: parbake/v1\nimages: [a:1]\n', { CITY: '1' }).message).toContain(
    'no variables',
  );
});

test('a misspelt variable is named beside the one that it leaves undefined', () => {
  const { code, message } = recipeFailure('apiVersion: parbake/v1\nimages: ["swarm:${TAG}"]\n', { TGA: '1' });
  expect(code).toBe('RECIPE_VARIABLE_UNDEFINED');
  expect(message).toContain('2:17: variable TAG is not defined');
  expect(message).toContain('--var TGA: parbake.yaml has no such variable; did you mean TAG?');
});
