import { containerHints } from './compose-hints.ts';
import {
  absolutePath,
  argument,
  assignment,
  bytes,
  choice,
  commandLine,
  decimal,
  dnsLabel,
  duration,
  imageReference,
  publication,
  restartPolicy,
  tmpfsMount,
  variableName,
  volumeMount,
  wholeNumber,
  yesOrNo,
} from './formats.ts';
import { boolean, declared, either, list, port, section } from './key-shapes.ts';
import { heldSection, readySection } from './ready-keys.ts';
import { logDrivers, prepareLevels } from './role.ts';

export const loggingOptionsSection = declared({
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

export const loggingSection = declared({
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

export const certificateSection = declared({
  name: 'certificate',
  keys: {
    path: {
      value: absolutePath,
      default: '`/run/parbake/tls`',
      meaning: 'The directory, in memory, where `tls.crt`, `tls.key` and `ca.crt` appear.',
      example: 'path: /etc/app/tls',
    },
  },
});

/** A command: a line, or a list of words. */
const words = either({
  text: commandLine,
  list: { kind: 'list', of: argument, item: 'an argument', minItems: 1 },
});

export const containerSection = declared({
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
        'How far the container is brought before a user is known. `none`: nothing; it is created at the order. `create`: created. `start`: started and ready. `pause`: started, ready and frozen. `gate`: started up to the last instruction before its own program. `hold`: started, loaded and warm; it reads its order itself from the file named by `PARBAKE_ORDER` ([hold](hold.md)). With `start` and `pause` the program runs before its user is known, so it takes no `user_env`.',
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
    held: {
      value: section(heldSection),
      default: 'held once it has opened its order',
      meaning:
        'With `prepare: hold`: when it counts as prepared; see [held](#held). It must not open its order before the check passes.',
      example: 'held: { log: "models loaded", timeout: 5m }',
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
    certificate: {
      value: either({ text: yesOrNo, mapping: section(certificateSection) }),
      default: '`false`',
      meaning:
        "Whether it gets a certificate of the coordinator's CA, with its key, for the host names of the assignment: `true`, or a mapping as in [certificate](#certificate). It is there before the program starts, and is renewed while the assignment lasts. It needs the gate, so `prepare` cannot be `start`, `pause` or `hold`.",
      example: 'certificate: true',
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
      default: "the machine's but for 128 MiB",
      meaning:
        'The most memory that it may use; beyond that the kernel kills it. With `prepare: start`, `pause` or `hold` it is also what the preparation counts for it (256 MiB otherwise).',
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
      meaning:
        'Containers of the same role that must be ready before its program starts; with `prepare: hold`, before it gets its order.',
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
