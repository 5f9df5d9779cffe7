import {
  absolutePath,
  argument,
  assignment,
  bytes,
  commandLine,
  decimal,
  publication,
  tmpfsMount,
  volumeMount,
  wholeNumber,
  choice,
  digest,
  dnsLabel,
  duration,
  fileName,
  imageReference,
  platform,
  regularExpression,
  restartPolicy,
  urlPath,
  variableName,
} from './formats.ts';
import { logDrivers, lossPolicies, metadataPolicies, prepareLevels } from './role.ts';
import { containerHints, recipeHints, roleHints } from './compose-hints.ts';
import type {
  BooleanValue,
  EitherValue,
  EntriesValue,
  IntegerValue,
  Key,
  Keys,
  ListValue,
  Section,
  SectionValue,
  TextValue,
  Value,
} from './value.ts';

/**
 * Every key of a recipe. The reader, docs/recipe.md and docs/recipe.schema.json are made from these tables, so a key is
 * declared once.
 */
export const recipeApiVersion = 'parbake/v1';

const boolean: BooleanValue = { kind: 'boolean' };
const port: IntegerValue = { kind: 'integer', min: 1, max: 65_535 };

function list<V extends Value>(of: V, item: string): ListValue<V> {
  return { kind: 'list', of, item };
}

function section<K extends Keys>(of: Section<K>): SectionValue<K> {
  return { kind: 'section', section: of };
}

/** A value that may be written in several shapes. */
function either<
  S extends TextValue = never,
  L extends ListValue = never,
  M extends SectionValue | EntriesValue = never,
>(shapes: { text?: S; list?: L; mapping?: M }): EitherValue<S, L, M> {
  return { kind: 'either', ...shapes };
}

/** Gives a section the type of its keys. */
function declared<K extends Keys>(of: Section<K>): Section<K> {
  return of;
}

const portKey = {
  value: port,
  required: true,
  meaning: 'The port that the container listens on; it need not be published.',
  example: 'port: 8080',
} satisfies Key;

const httpSection = declared({
  name: 'http',
  keys: {
    port: portKey,
    path: {
      value: urlPath,
      default: '`/`',
      meaning: 'The path that is asked for with GET. Any status from 200 to 399 counts as ready.',
      example: 'path: /healthz',
    },
  },
});

const tcpSection = declared({ name: 'tcp', keys: { port: portKey } });

const readySection = declared({
  name: 'ready',
  exactlyOne: ['http', 'tcp', 'log'],
  keys: {
    http: {
      value: section(httpSection),
      meaning: 'Ready once an HTTP request is answered.',
      example: 'http: { port: 8080, path: /healthz }',
    },
    tcp: {
      value: section(tcpSection),
      meaning: 'Ready once a TCP connection is accepted.',
      example: 'tcp: { port: 5432 }',
    },
    log: {
      value: regularExpression,
      meaning:
        'Ready once a line of the output (stdout or stderr) matches: a JavaScript regular expression, with Unicode.',
      example: 'log: "ready to accept connections"',
    },
    timeout: {
      value: duration('1s', '1h'),
      default: '`60s`',
      meaning:
        'How long the container may take from its start until it is ready. After that the assignment fails with READINESS_TIMEOUT.',
      example: 'timeout: 90s',
    },
  },
});

const loggingOptionsSection = declared({
  name: 'options',
  keys: {
    'max-size': {
      value: bytes('4k', '100g'),
      default: '`10m`',
      meaning: 'The size at which a file of the log is closed and the next begun.',
      example: 'max-size: 20m',
    },
    'max-file': {
      value: wholeNumber(1, 1000),
      default: '`3`',
      meaning: 'How many files are kept.',
      example: 'max-file: 5',
    },
  },
});

const loggingSection = declared({
  name: 'logging',
  keys: {
    driver: {
      value: choice(logDrivers),
      default: "the Engine's, if it is one of these",
      meaning:
        "The log driver. Where the Engine's own is another one and nothing is said here, its logs are left as they are.",
      example: 'driver: local',
    },
    options: {
      value: section(loggingOptionsSection),
      default: 'the defaults below',
      meaning: 'The limits; see [options](#options).',
      example: 'options: { max-size: 20m }',
    },
  },
});

/** A command: a line, or a list of words. */
const words = either({
  text: commandLine,
  list: { kind: 'list', of: argument, item: 'an argument', minItems: 1 },
});

const containerSection = declared({
  name: 'container',
  hints: containerHints,
  keys: {
    name: {
      value: dnsLabel('container'),
      required: true,
      meaning: 'Its name within the role.',
      example: 'name: app',
    },
    image: {
      value: imageReference,
      required: true,
      meaning: 'The image to run; it must be listed in `images`.',
      example: 'image: registry.example.com/acme/app:1.4.2',
    },
    prepare: {
      value: choice(prepareLevels),
      default: '`gate`',
      meaning:
        'How far the container is brought before a user is known. `none`: nothing; it is created at the order. `create`: created. `start`: started and ready. `pause`: started, ready and frozen. `gate`: started up to the last instruction before its own program. With `start` and `pause` the program runs before its user is known, so it takes no `user_env`.',
      example: 'prepare: gate',
    },
    ports: {
      value: list(port, 'a port'),
      default: 'none',
      meaning:
        'TCP ports, published on the instance under the same number. A role may publish each port once.',
      example: 'ports: [8080]',
    },
    ready: {
      value: section(readySection),
      default: 'ready once started',
      meaning: 'When it counts as ready; see [ready](#ready).',
      example: 'ready: { http: { port: 8080 }, timeout: 30s }',
    },
    publish: {
      value: publication,
      default: '`true`',
      meaning:
        'Where the ports are published: on every address of the instance (`true`), nowhere (`false`: only the containers of the role reach them), or on one address.',
      example: 'publish: 127.0.0.1',
    },
    env: {
      value: either({
        list: list(assignment, 'a variable'),
        mapping: { kind: 'entries', name: variableName, of: argument, item: 'variable' },
      }),
      default: 'none',
      meaning:
        'Fixed environment variables, over those of the image. One that is also in `user_env` is a default that an assignment may replace.',
      example: 'env: { LOG_LEVEL: info }',
    },
    user_env: {
      value: list(variableName, 'a variable name'),
      default: 'none',
      meaning: 'Environment variables that an assignment may set. Any other is rejected.',
      example: 'user_env: [DATABASE_URL, BRANCH]',
    },
    files: {
      value: absolutePath,
      default: 'takes none',
      meaning: 'A directory, in memory, where the files of an assignment appear.',
      example: 'files: /run/parbake/files',
    },
    entrypoint: {
      value: words,
      default: "the image's",
      meaning:
        "In place of the image's entrypoint; the image's command is then dropped, as in Docker. A text is split as a shell splits it, and no shell runs.",
      example: 'entrypoint: ["/usr/bin/tini", "--"]',
    },
    command: {
      value: words,
      default: "the image's",
      meaning: "In place of the image's command. A text is split as a shell splits it, and no shell runs.",
      example: 'command: serve --port 8080',
    },
    working_dir: {
      value: absolutePath,
      default: "the image's",
      meaning: 'The directory in which the command runs.',
      example: 'working_dir: /srv/app',
    },
    tmpfs: {
      value: either({ text: tmpfsMount, list: list(tmpfsMount, 'a tmpfs') }),
      default: 'none',
      meaning:
        'Directories in memory, with mount options as in Docker (`size`, `mode`, `uid`, `gid`, `exec`, …). They count towards `memory`.',
      example: 'tmpfs: ["/run", "/tmp:size=64m,mode=1777"]',
    },
    volumes: {
      value: list(volumeMount, 'a volume'),
      default: 'none',
      meaning:
        'Named volumes. They are created with the containers of the role, which share those of one name, and removed with the assignment. Files of the instance cannot be mounted.',
      example: 'volumes: ["data:/var/lib/postgresql/data"]',
    },
    memory: {
      value: bytes('6m', '16384g'),
      default: 'no limit',
      meaning:
        'The most memory that it may use; beyond that the kernel kills it. With `prepare: start` or `pause` it is also what the preparation counts for it (256 MiB otherwise).',
      example: 'memory: 512m',
    },
    cpus: {
      value: decimal(0.01, 1024),
      default: 'no limit',
      meaning: 'How many CPUs it may keep busy.',
      example: 'cpus: 1.5',
    },
    pids_limit: {
      value: { kind: 'integer', min: 1, max: 4_194_304 },
      default: '`4096`',
      meaning: 'How many processes and threads it may have at a time.',
      example: 'pids_limit: 200',
    },
    logging: {
      value: section(loggingSection),
      default: '3 files of 10 MiB',
      meaning: 'How much of its output Docker keeps; see [logging](#logging).',
      example: 'logging: { options: { max-size: 20m, max-file: 5 } }',
    },
    after: {
      value: list(dnsLabel('container'), 'the name of a container'),
      default: 'none',
      meaning: 'Containers of the same role that must be ready before its program starts.',
      example: 'after: [db]',
    },
    stop_timeout: {
      value: duration('0s', '1h'),
      default: '`10s`',
      meaning: 'How long it may take to end after its stop signal, before it is killed.',
      example: 'stop_timeout: 30s',
    },
    init: {
      value: boolean,
      default: '`false`',
      meaning: 'Whether a small first process reaps its orphans and passes signals on, as in Docker.',
      example: 'init: true',
    },
    read_only: {
      value: boolean,
      default: '`false`',
      meaning: 'Whether the files of its image are read-only.',
      example: 'read_only: true',
    },
    restart: {
      value: restartPolicy,
      default: '`no`',
      meaning:
        'What happens when it exits by itself, as in Docker: `no`, `on-failure`, `on-failure:N` (at most N times) or `always`.',
      example: 'restart: on-failure:3',
    },
    essential: {
      value: boolean,
      default: '`true`',
      meaning: 'Whether the assignment ends when it ends.',
      example: 'essential: false',
    },
  },
});

const roleSection = declared({
  name: 'role',
  hints: roleHints,
  keys: {
    containers: {
      value: { kind: 'list', of: section(containerSection), item: 'the container', minItems: 1 },
      required: true,
      meaning: 'Its containers; see [container](#container).',
      example: 'containers: [{ name: app, image: "app:1" }]',
    },
    on_loss: {
      value: choice(lossPolicies),
      default: '`fail`',
      meaning:
        "What happens to an assignment that was SERVING when its machine fails or is lost. `fail`: it fails, and its caller decides. `replace`: it starts anew on another instance. A user's own fault never moves an assignment.",
      example: 'on_loss: replace',
    },
    silent_after: {
      value: duration('60s', '24h'),
      default: 'never',
      meaning:
        'With `on_loss: replace`: how long an instance may be silent before its user gets another one. Without it, only the provider or an operator declares an instance lost.',
      example: 'silent_after: 5m',
    },
    metadata: {
      value: choice(metadataPolicies),
      default: '`deny`',
      meaning:
        'Whether its containers should reach the metadata service of the instance. The manifest carries it; closing the service to containers is up to the machine image.',
      example: 'metadata: deny',
    },
  },
});

const imageSection = declared({
  name: 'image',
  keys: {
    ref: {
      value: imageReference,
      required: true,
      meaning: 'The image, as in `docker pull`.',
      example: 'ref: registry.example.com/acme/app:1.4.2',
    },
    digest: {
      value: digest,
      default: 'any; `parbake.lock` pins it',
      meaning: 'The digest that the registry must have. A mismatch fails the bake.',
      example: `digest: sha256:${'0123456789abcdef'.repeat(4)}`,
    },
    platform: {
      value: platform,
      default: "the builder's",
      meaning: '`os/architecture[/variant]`.',
      example: 'platform: linux/arm64',
    },
    cosign_key: {
      value: fileName,
      default: 'not checked',
      meaning:
        "A file with a public key, relative to the recipe: the bake fails unless the image's digest is signed by it.",
      example: 'cosign_key: ./cosign.pub',
    },
    bake: {
      value: boolean,
      default: '`true`',
      meaning:
        'Whether the image is baked. With `false`, each instance pulls it while it prepares, by the digest that it had at the bake.',
      example: 'bake: false',
    },
  },
});

export const recipeSection = declared({
  name: 'recipe',
  hints: recipeHints,
  takesExtensions: true,
  keys: {
    apiVersion: {
      value: choice([recipeApiVersion]),
      required: true,
      meaning: 'The version of this format.',
      example: `apiVersion: ${recipeApiVersion}`,
    },
    images: {
      value: {
        kind: 'list',
        of: either({ text: imageReference, mapping: section(imageSection) }),
        item: 'the image',
        minItems: 1,
      },
      required: true,
      meaning: 'The images to bake: references, or mappings as in [image](#image).',
      example: 'images: ["redis:7.4", { ref: "app:1.4.2", platform: linux/arm64 }]',
    },
    roles: {
      value: { kind: 'entries', name: dnsLabel('role'), of: section(roleSection), item: 'role' },
      default: 'none',
      meaning: 'What an instance can become, by name; see [role](#role).',
      example: 'roles: { web: { containers: [{ name: app, image: "app:1.4.2" }] } }',
    },
  },
});

/** In the order of the reference. */
export const sections: readonly Section[] = [
  recipeSection,
  imageSection,
  roleSection,
  containerSection,
  readySection,
  httpSection,
  tcpSection,
  loggingSection,
  loggingOptionsSection,
];

type KeysOf<S> = S extends Section<infer K> ? K : never;
export type ContainerKeys = KeysOf<typeof containerSection>;
export type RoleKeys = KeysOf<typeof roleSection>;
export type ReadyKeys = KeysOf<typeof readySection>;
export type ImageKeys = KeysOf<typeof imageSection>;
