// Node's own modules in a bundle: https://nodejs.org/api/cli.html#--build-snapshot for what a startup snapshot can have of them.
import type { Plugin } from 'esbuild';
import { constants } from 'node:http2';

/**
 * Node's own modules that are in a snapshot. No other is loaded for one: http, http2 and tls cannot be in it, crypto
 * keeps random numbers in stock, which every instance would have alike, and each makes it larger, which is memory for as
 * long as the program runs.
 */
const early = [
  'diagnostics_channel',
  'events',
  'fs',
  'os',
  'path',
  'stream',
  'timers/promises',
  'url',
  'util',
  'v8',
];

/** The names of HTTP/2's headers, which gRPC takes as it is loaded. */
const headers = Object.entries(constants).filter(([name]) => name.startsWith('HTTP2_HEADER_'));

const common = (name: string): string => `
const { isBuildingSnapshot } = require('node:v8').startupSnapshot;
let loaded;
const load = () => {
  if (loaded === undefined && isBuildingSnapshot()) throw new Error(${JSON.stringify(`node:${name} is used while the snapshot is made`)});
  return (loaded ??= process.getBuiltinModule(${JSON.stringify(`node:${name}`)}));
};`;

/** @param name without `node:` */
function moduleOf(name: string): object {
  return process.getBuiltinModule(`node:${name}`) as object;
}

/** An import of a module takes functions out of it; what they are is found out at their first call. */
function asModule(name: string): string {
  const functions = Object.entries(moduleOf(name)).filter(([, value]) => typeof value === 'function');
  return `${common(name)}
const all = {};
const late = (name) => (all[name] = new Proxy(function () {}, {
  apply: (_, self, args) => Reflect.apply(load()[name], self, args),
  construct: (_, args, target) => Reflect.construct(load()[name], args, target === all[name] ? load()[name] : target),
  get: (_, key) => load()[name][key],
}));
${functions.map(([key]) => `export const ${key} = /* @__PURE__ */ late('${key}');`).join('\n')}`;
}

/** A require() of a module keeps it, and looks into it when it is used. */
function asCommon(name: string): string {
  const ofHeaders = `if (key === 'constants') return new Proxy(${JSON.stringify(Object.fromEntries(headers))}, { get: (known, one) => known[one] ?? load().constants[one] });`;
  return `${common(name)}
module.exports = new Proxy(function () {}, {
  apply: (_, self, args) => Reflect.apply(load(), self, args),
  has: (_, key) => key in load(),
  get: (_, key) => { ${name === 'http2' ? ofHeaders : ''} return load()[key]; },
});`;
}

/** Node's own modules by require(): those of a snapshot at once, all others at their first use. */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z][a-z0-9_/]*$/ }, ({ path, kind, namespace }) => {
      const name = path.replace(/^node:/, '');
      if (namespace.startsWith('builtin') || process.getBuiltinModule(path) === undefined) return undefined;
      if (kind !== 'require-call') return { path: name, namespace: 'builtin-import' };
      return early.includes(name)
        ? { path: `node:${name}`, external: true }
        : { path: name, namespace: 'builtin-require' };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin-require' }, ({ path }) => ({
      contents: asCommon(path),
    }));
    build.onLoad({ filter: /.*/, namespace: 'builtin-import' }, ({ path }) => ({
      contents: early.includes(path) ? importedAtOnce(path) : asModule(path),
    }));
  },
};

/**
 * Takes exports out of a module that is there. Only what is used is taken: otherwise each file that imports a module has a copy of it, a getter for each of
 * its exports.
 */
export function importedAtOnce(name: string): string {
  const names = Object.keys(moduleOf(name)).filter((key) => /^[A-Za-z]\w*$/.test(key) && key !== 'default');
  return [
    `const all = require(${JSON.stringify(`node:${name}`)});`,
    'export default all;',
    ...names.map((key) => `export const ${key} = /* @__PURE__ */ (() => all.${key})();`),
  ].join('\n');
}
