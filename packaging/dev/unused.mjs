// What a bundle leaves out of its libraries, or puts off: the agent lives beside its user's containers, and is waited for.

/** What libraries bring for features that no program here has, by name or file, and which library asks for it. */
const unusedAnywhere = [
  // Docker is reached by its Unix socket only.
  [/^ssh2$/, 'module.exports = {};'],
  // Building images; by BuildKit, with gRPC and protobuf.js a second time.
  [/^(tar-fs|@balena\/dockerignore)$/, 'module.exports = {};'],
  [/^\.\/session$/, "module.exports = () => { throw new Error('images are not built here'); };", 'dockerode'],
  [/^\.\/buildkit$/, 'module.exports = {};', 'dockerode'],
  // What Docker has beside containers, images, networks and volumes.
  [
    /^\.\/(config|exec|node|plugin|secret|service|task)$/,
    "module.exports = class { constructor() { throw new Error('of Docker only containers, images, networks and volumes are used here'); } };",
    'dockerode',
  ],
  // What it prints for its own developers.
  [/^debug$/, 'module.exports = () => () => {};', 'docker-modem'],
  // Logs that leave out what they are told.
  [/^@pinojs\/redact$/, "module.exports = () => { throw new Error('nothing is redacted here'); };", 'pino'],
  // Logs that another thread writes.
  [
    /^\.\/(lib\/)?transport$/,
    "module.exports = () => { throw new Error('logs are written by the thread that makes them'); };",
    'pino',
  ],
  [/^worker_threads$/, 'module.exports = { isMainThread: true };', 'pino'],
  // The machine's name, which no line of a log here has: a snapshot would keep that of the machine where it was made.
  [/^node:os$/, 'module.exports = { hostname: () => undefined };', 'pino'],
  // gRPC's service about itself.
  [/^@grpc\/proto-loader$/, 'module.exports = {};', '@grpc/grpc-js'],
  // Node's own, of which it is a copy for older ones.
  [/^readable-stream$/, "module.exports = require('node:stream');"],
];

/** What of gRPC only serves, and what chooses among many servers; and integers that a number does not hold, which no message has. */
const unusedByClients = [
  [/^long$/, 'module.exports = null;', 'protobufjs'],
  [
    /^\.\/(server|server-credentials|server-interceptors|orca|experimental)$/,
    'module.exports = {};',
    '@grpc/grpc-js',
  ],
  [
    /^\.\/load-balancer-(outlier-detection|weighted-round-robin)$/,
    'exports.setup = () => {};',
    '@grpc/grpc-js',
  ],
];
const servers = ['parbake-coordinator'];

/**
 * @param program the bundle's name
 * @param rules is told of each rule and of what it matches
 */
export function withoutUnused(program, rules) {
  const unused = servers.includes(program) ? unusedAnywhere : [...unusedAnywhere, ...unusedByClients];
  return {
    name: 'without-unused',
    setup(build) {
      for (const [filter, contents, importer] of unused) {
        const namespace = `unused ${filter.source}`;
        const rule = `${filter} in ${importer ?? 'any library'}`;
        rules.declare(rule);
        build.onResolve({ filter }, ({ path, resolveDir }) => {
          if (importer !== undefined && !resolveDir.includes(`node_modules/${importer}`)) return undefined;
          rules.match(rule);
          return { path, namespace };
        });
        build.onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }));
      }
    },
  };
}

/**
 * Node's own modules that a library asks for as it is loaded, and needs only for what is rare: a compressed message, a
 * Docker elsewhere. zlib alone is 7 ms and 2 MiB.
 */
export function lazyBuiltins(rules) {
  return {
    name: 'lazy-builtins',
    setup(build) {
      const namespace = 'lazy-builtin';
      const found = [
        { filter: /^zlib$/, library: /node_modules\/@grpc/ },
        { filter: /^https$/, library: /node_modules\/docker/ },
        { filter: /^zlib$/, library: /node_modules\/docker/ },
      ].map((one) => ({ ...one, rule: `${one.filter} in ${one.library}` }));
      for (const { rule } of found) rules.declare(rule);
      build.onResolve({ filter: /^(https|zlib)$/ }, ({ path, kind, resolveDir }) => {
        const match = found.find(({ filter, library }) => filter.test(path) && library.test(resolveDir));
        if (kind !== 'require-call' || match === undefined) return undefined;
        rules.match(match.rule);
        return { path, namespace };
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: `module.exports = new Proxy({}, { get: (_, name) => require('node:${path}')[name] });`,
        loader: 'js',
      }));
    },
  };
}
