/** What the files of one directory may import. Whatever is not listed is refused. */
export interface Room {
  /** Rooms, besides itself. `room/*` means the room and every room below it. */
  rooms: readonly string[];
  /** Packages; `node:*` means Node's own modules except those that belong to one room (`exclusive`). */
  packages: readonly string[];
  /** The same input gives the same result: no clock, randomness, timers, files, network or logger. */
  isPure?: true;
}

/** Node's own modules that only the rooms naming them may import. */
export const exclusive = ['node:sqlite'];

const programs = ['proto/errors', 'proto/process/*'];
const wire = ['proto/wire', 'proto/gen/*'];
const node = ['node:*'];

/** Every directory with source files below agent, coordinator and proto. One without a row is refused. */
export const rooms: Readonly<Record<string, Room>> = {
  'proto/errors': { rooms: [], packages: [], isPure: true },
  'proto/process': { rooms: ['proto/errors'], packages: [...node, 'pino'] },
  'proto/process/cli': { rooms: ['proto/errors', 'proto/process'], packages: node },
  'proto/recipe': { rooms: ['proto/errors'], packages: ['node:crypto', 'node:net', 'yaml'], isPure: true },
  'proto/recipe/file': { rooms: [...programs, 'proto/recipe'], packages: node },
  'proto/pool': { rooms: ['proto/errors', 'proto/recipe'], packages: [], isPure: true },
  'proto/preview': { rooms: ['proto/errors', 'proto/recipe'], packages: [], isPure: true },
  'proto/wire': {
    rooms: [...programs, 'proto/gen/*'],
    packages: [...node, '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs'],
  },
  'proto/client': { rooms: [...programs, ...wire], packages: [...node, '@grpc/grpc-js'] },

  'agent/core': { rooms: ['proto/errors', 'proto/recipe'], packages: [], isPure: true },
  'agent/core/image': {
    rooms: ['agent/core', 'proto/errors', 'proto/recipe'],
    packages: ['node:crypto'],
    isPure: true,
  },
  'agent/core/order': {
    rooms: ['agent/core', 'proto/errors', 'proto/recipe'],
    packages: [],
    isPure: true,
  },
  'agent/core/replay': { rooms: ['agent/core', 'proto/errors'], packages: [], isPure: true },

  'agent/host': { rooms: [...programs, 'agent/core'], packages: node },
  'agent/docker': {
    rooms: [...programs, 'agent/core/*', 'proto/recipe'],
    packages: [...node, 'dockerode'],
  },
  'agent/docker/disk': {
    rooms: [...programs, 'agent/core/*', 'agent/docker', 'agent/host'],
    packages: node,
  },
  'agent/docker/service': { rooms: [...programs, 'agent/host'], packages: node },
  'agent/manifest': { rooms: [...programs, 'agent/core', 'agent/host', 'proto/recipe'], packages: node },
  'agent/registry': {
    rooms: [...programs, 'agent/core/*', 'agent/docker', 'agent/host', 'proto/recipe'],
    packages: node,
  },
  'agent/gate': {
    rooms: [...programs, 'agent/core/*', 'agent/docker', 'agent/host', 'proto/recipe'],
    packages: node,
  },
  'agent/hold': {
    rooms: [...programs, 'agent/core/*', 'agent/docker', 'agent/gate', 'proto/recipe'],
    packages: node,
  },
  'agent/replay': { rooms: [...programs, 'agent/core/*', 'agent/host'], packages: node },
  'agent/images': {
    rooms: [
      ...[...programs, 'agent/core/*', 'agent/docker/*', 'agent/host', 'agent/registry'],
      ...['agent/manifest', 'proto/recipe'],
    ],
    packages: node,
  },

  'agent/scrub/rules': {
    rooms: [...programs, 'agent/core', 'agent/docker/service', 'agent/host', 'proto/recipe'],
    packages: [...node, 'yaml'],
  },
  'agent/scrub': {
    rooms: [
      ...[...programs, 'agent/core/*', 'agent/docker/*', 'agent/host', 'agent/manifest'],
      ...['agent/scrub/rules', 'proto/recipe'],
    ],
    packages: node,
  },
  'agent/bake': {
    rooms: [
      ...[...programs, 'agent/bake/report', 'agent/core/*', 'agent/docker/*', 'agent/gate', 'agent/hold'],
      ...['agent/host', 'agent/images', 'agent/manifest', 'agent/registry', 'agent/replay', 'proto/recipe/*'],
    ],
    packages: node,
  },
  'agent/bake/report': {
    rooms: [...programs, 'agent/bake', 'agent/core/*', 'agent/host', 'agent/images', 'proto/recipe'],
    packages: node,
  },

  'agent/report': {
    rooms: [...programs, ...wire, 'agent/core/*', 'agent/host'],
    packages: [...node, 'systeminformation'],
  },
  'agent/worker': {
    rooms: [
      ...[...programs, ...wire, 'agent/core/*', 'agent/docker', 'agent/gate', 'agent/hold'],
      ...['agent/host', 'agent/replay', 'agent/report', 'proto/recipe'],
    ],
    packages: node,
  },
  'agent/session': {
    rooms: [
      ...programs,
      ...wire,
      'agent/core/*',
      'agent/docker',
      'agent/host',
      'agent/report',
      'agent/worker',
    ],
    packages: [...node, '@grpc/grpc-js'],
  },
  'agent/daemon': {
    rooms: [
      ...[...programs, ...wire, 'agent/core/*', 'agent/docker/*', 'agent/gate', 'agent/hold', 'agent/host'],
      ...[
        'agent/images',
        'agent/manifest',
        'agent/replay',
        'agent/report',
        'agent/session',
        'agent/worker',
        'proto/recipe',
      ],
    ],
    packages: [...node, '@grpc/grpc-js'],
  },
  agent: {
    rooms: [
      ...[...programs, 'agent/bake', 'agent/daemon', 'agent/host'],
      ...['agent/replay', 'agent/report', 'agent/scrub'],
    ],
    packages: node,
  },

  'coordinator/core': { rooms: ['proto/errors'], packages: [], isPure: true },
  'coordinator/core/pool': { rooms: ['coordinator/core', 'proto/errors'], packages: [], isPure: true },
  'coordinator/core/image': {
    rooms: ['coordinator/core', 'coordinator/core/pool'],
    packages: [],
    isPure: true,
  },
  'coordinator/core/runner': { rooms: ['coordinator/core', 'proto/errors'], packages: [], isPure: true },
  'coordinator/core/preview': {
    rooms: ['coordinator/core', 'coordinator/core/runner', 'proto/errors'],
    packages: ['node:crypto'],
    isPure: true,
  },
  'coordinator/insight': {
    rooms: ['coordinator/core', 'proto/errors', 'proto/gen/*', 'proto/recipe'],
    packages: ['yaml', 'diff'],
  },
  'coordinator/store': { rooms: ['coordinator/core/*', 'proto/errors'], packages: node },
  'coordinator/store/sql': {
    rooms: [...programs, 'proto/recipe', 'coordinator/core/*', 'coordinator/store'],
    packages: node,
  },
  'coordinator/store/sqlite': {
    rooms: [...programs, 'coordinator/store/sql'],
    packages: [...node, 'node:sqlite'],
  },
  'coordinator/store/postgres': {
    rooms: [...programs, 'coordinator/store', 'coordinator/store/sql'],
    packages: [...node, 'pg'],
  },
  'coordinator/store/threads': {
    rooms: [...programs, 'coordinator/store', 'coordinator/store/*'],
    packages: node,
  },
  'coordinator/secrets': {
    rooms: [...programs, 'proto/recipe', 'coordinator/core', 'coordinator/store'],
    packages: [...node, 'yaml'],
  },
  'coordinator/secrets/aws': {
    rooms: [...programs, 'coordinator/secrets'],
    packages: ['@aws-sdk/client-ssm', '@aws-sdk/client-secrets-manager'],
  },
  'coordinator/fleet': {
    rooms: [...programs, 'proto/wire', 'coordinator/core', 'coordinator/secrets', 'coordinator/store'],
    packages: [...node, '@grpc/grpc-js'],
  },
  'coordinator/pools': {
    rooms: [...programs, 'coordinator/core/*', 'coordinator/store'],
    packages: node,
  },
  'coordinator/routes': {
    rooms: [...programs, 'coordinator/core', 'coordinator/fleet', 'coordinator/store'],
    packages: node,
  },
  'coordinator/routes/dns': {
    rooms: [...programs, 'proto/wire', 'coordinator/core', 'coordinator/routes'],
    packages: [...node, 'dns-packet'],
  },
  'coordinator/routes/haproxy': {
    rooms: [...programs, 'coordinator/core', 'coordinator/routes'],
    packages: node,
  },
  'coordinator/github': {
    rooms: [
      ...[
        ...programs,
        'proto/wire',
        'coordinator/core/*',
        'coordinator/previews',
        'coordinator/runners',
        'coordinator/store',
      ],
    ],
    packages: node,
  },
  'coordinator/runners': {
    rooms: [
      ...[...programs, 'proto/preview', 'coordinator/core/*', 'coordinator/fleet', 'coordinator/store'],
    ],
    packages: node,
  },
  'coordinator/previews': {
    rooms: [
      ...[...programs, 'proto/preview', 'coordinator/core/*', 'coordinator/fleet', 'coordinator/store'],
    ],
    packages: node,
  },
  'coordinator/ec2': {
    rooms: [...programs, 'coordinator/core/*', 'coordinator/store'],
    packages: [...node, '@aws-sdk/client-ec2'],
  },
  'coordinator/api': {
    rooms: [
      ...[...programs, ...wire, 'coordinator/api/from-proto', 'coordinator/core/*', 'coordinator/fleet'],
      'coordinator/pools',
      'coordinator/previews',
      'coordinator/routes',
      'coordinator/secrets',
      'coordinator/store',
      'coordinator/trust',
    ],
    packages: [...node, '@grpc/grpc-js'],
  },
  'coordinator/api/from-proto': {
    rooms: [
      ...[...programs, ...wire, 'proto/recipe', 'coordinator/core/*', 'coordinator/fleet'],
      'coordinator/store',
      'coordinator/trust',
    ],
    packages: ['node:crypto', '@grpc/grpc-js'],
  },
  'coordinator/json': {
    rooms: [...programs, ...wire],
    packages: [...node, '@grpc/grpc-js', 'protobufjs'],
  },
  'coordinator/telemetry': {
    rooms: [...programs, 'coordinator/core', 'coordinator/telemetry/otlp'],
    packages: [...node, '@opentelemetry/*', 'prom-client'],
  },
  'coordinator/telemetry/otlp': {
    rooms: [...programs, 'proto/gen/*', 'coordinator/core', 'coordinator/telemetry'],
    packages: [...node, '@grpc/grpc-js', '@opentelemetry/*'],
  },
  'coordinator/web': {
    rooms: [
      ...programs,
      'proto/wire',
      'coordinator/core',
      'coordinator/fleet',
      'coordinator/insight',
      'coordinator/store',
    ],
    packages: [...node, 'esbuild'],
  },
  'coordinator/web/page': {
    rooms: ['coordinator/core', 'coordinator/insight', 'coordinator/web', 'proto/errors'],
    packages: ['preact', 'uplot'],
  },
  'coordinator/cli': {
    rooms: [
      ...programs,
      ...wire,
      'coordinator/core',
      'coordinator/core/pool',
      'coordinator/insight',
      'proto/client',
      'proto/pool',
      'proto/recipe/*',
    ],
    packages: [...node, '@grpc/grpc-js', 'picocolors', 'yaml'],
  },
  'coordinator/serve': {
    rooms: [
      ...[
        ...programs,
        ...wire,
        'proto/preview',
        'coordinator/api',
        'coordinator/core/*',
        'coordinator/ec2',
        'coordinator/fleet',
        'coordinator/json',
        'coordinator/github',
        'coordinator/pools',
        'coordinator/previews',
        'coordinator/routes/*',
        'coordinator/secrets/*',
        'coordinator/runners',
        'coordinator/secrets',
      ],
      ...['coordinator/store/*', 'coordinator/telemetry/*', 'coordinator/trust', 'coordinator/web'],
    ],
    packages: [
      ...node,
      '@grpc/grpc-js',
      '@grpc/proto-loader',
      '@grpc/reflection',
      'grpc-health-check',
      'protobufjs',
    ],
  },
  'coordinator/trust': {
    rooms: [...programs, ...wire, 'coordinator/core', 'coordinator/store'],
    packages: [...node, '@grpc/grpc-js', '@peculiar/*', 'asn1js', 'jose', 'yaml'],
  },
  coordinator: {
    rooms: [...programs, 'coordinator/secrets', 'coordinator/serve', 'coordinator/trust'],
    packages: node,
  },
};
