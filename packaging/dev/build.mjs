// Bundles each program under dist/, its commands in files of their own, with the proto files it loads beside it.
import { build } from 'esbuild';
import { pageBuild } from '../../coordinator/web/page-build.ts';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importedAtOnce, lateBuiltins } from './late-builtins.ts';
import { noticesOf } from './notices.mjs';
import { Rules } from './rules.ts';
import { lazyBuiltins, withoutUnused } from './unused.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const rules = new Rules();
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
/** The daemon, which an instance's agent is started from a snapshot of. */
const snapshotted = 'agent/daemon.ts';
/** What is bundled apart, by the name that it gets. */
const programs = {
  'parbake-agent': {
    'parbake-agent': 'agent/main.ts',
    'parbake-agent-daemon': snapshotted,
    'parbake-agent-commands': 'agent/commands.ts',
    'parbake-agent-readahead': 'agent/read-ahead.ts',
  },
  'parbake-coordinator': {
    'parbake-coordinator': 'coordinator/main.ts',
    // A thread of its own begins with a file of its own.
    'parbake-coordinator-store': 'coordinator/store/threads/worker.ts',
  },
  parbake: { parbake: 'coordinator/cli/main.ts' },
};

/** An ES module is split into files; a script is one, since nothing else can be in a startup snapshot. */
const formats = {
  module: {
    format: 'esm',
    // What a command does not need is neither read nor kept.
    splitting: true,
    // Libraries in CommonJS call require(); an ES module has none of its own.
    banner: {
      js: "import { createRequire as parbakeRequire } from 'node:module';\nconst require = parbakeRequire(import.meta.url);\nimport { fileURLToPath as parbakePath } from 'node:url';\nimport { dirname as parbakeDir } from 'node:path';\nconst __filename = parbakePath(import.meta.url);\nconst __dirname = parbakeDir(__filename);",
    },
  },
  script: {
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    banner: { js: "const parbakeUrl = require('node:url').pathToFileURL(__filename).href;" },
  },
};

/**
 * Node's own modules by require() instead of import: an import of, say, node:http reads each of its exports, and with
 * them loads undici, which is 22 ms and 15 MiB for nothing.
 */
const requireBuiltins = {
  name: 'require-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call'
        ? { path, external: true }
        : { path: path.slice('node:'.length), namespace: 'builtin' },
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: importedAtOnce(path) }));
  },
};

/** Two libraries look for proto files two directories above themselves; in a bundle these are beside it. */
const protoBeside = {
  name: 'proto-beside',
  setup(build) {
    for (const library of [
      /grpc-health-check\/build\/src\/.*\.js$/,
      /@grpc\/reflection\/build\/src\/.*\.js$/,
    ]) {
      const rule = `../../proto in ${library}`;
      rules.declare(rule);
      build.onLoad({ filter: library }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (text.includes('../../proto')) rules.match(rule);
        return { contents: text.replaceAll('../../proto', './proto'), loader: 'js' };
      });
    }
  },
};

const isOurs = existsSync(join(dist, 'parbake-agent.js')) || dist === join(root, 'dist');
if (existsSync(dist) && readdirSync(dist).length > 0 && !isOurs) {
  console.error(`build: ${dist} holds files that are not a bundle: name another directory, or empty it`);
  process.exit(2);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const commit = commitHere();
const page = await build({
  ...pageBuild(join(root, 'coordinator/web/page')),
  absWorkingDir: root,
  outdir: join(dist, 'web'),
  metafile: true,
});
for (const [name, parts] of Object.entries(programs)) await bundle(name, parts);
const unmatched = rules.unmatched();
if (unmatched.length > 0) {
  console.error(`build: nothing matches ${unmatched.join(', nothing matches ')}: has the library changed?`);
  process.exit(1);
}
for (const name of ['parbake', 'google'])
  cpSync(join(root, 'proto', name), join(dist, 'proto', name), { recursive: true });
for (const name of ['grpc-health-check/proto/health', '@grpc/reflection/build/proto/grpc'])
  cpSync(join(root, 'node_modules', name), join(dist, 'proto', basename(name)), { recursive: true });

/** Only of a repository that is this project, and not of one that this directory happens to lie in. */
function commitHere() {
  const git = (...args) =>
    execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(root)) return undefined;
    return git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*');
  } catch {
    return undefined;
  }
}

/** Beside each program, the licences of what is in it. */
async function bundle(name, parts) {
  const inputs = name === 'parbake-coordinator' ? Object.keys(page.metafile.inputs) : [];
  for (const [part, source] of Object.entries(parts)) inputs.push(...(await bundlePart(name, part, source)));
  writeFileSync(join(dist, `${name}.licences.txt`), noticesOf(root, inputs));
}

/** @returns the files that are in it */
async function bundlePart(program, name, source) {
  const isScript = source === snapshotted;
  const commits = commit === undefined ? {} : { PARBAKE_COMMIT: JSON.stringify(commit) };
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: source, out: name }],
    outdir: dist,
    bundle: true,
    platform: 'node',
    target: 'node24',
    ...(isScript ? formats.script : formats.module),
    chunkNames: `${program}-[hash]`,
    sourcemap: true,
    // Names stay, so that a stack says something.
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [
      apart(program, source),
      withoutUnused(program, rules),
      ...(isScript ? [lateBuiltins] : [lazyBuiltins(rules), requireBuiltins]),
      protoBeside,
    ],
    define: isScript ? { ...commits, 'import.meta.url': 'parbakeUrl' } : commits,
    // In a checkout it bundles the page; beside a bundle the page is there.
    external: ['esbuild'],
    logOverride: { 'import-is-undefined': 'error' },
    metafile: true,
  });
  if (isScript) requireNarrow(join(dist, `${name}.cjs`));
  return Object.keys(metafile.inputs);
}

/** V8 keeps a program's text in one byte a character, and in two as soon as a single one does not fit: 0.8 MiB here. */
function requireNarrow(path) {
  const [wide] = /[\u0100-\u{10ffff}]/u.exec(readFileSync(path, 'utf8')) ?? [];
  if (wide === undefined) return;
  console.error(
    `build: ${basename(path)} has the character ${wide}: write it as an escape, so that the text fits one byte a character`,
  );
  process.exit(1);
}

/** Parts of a program that are bundled by themselves lie beside each other. */
function apart(program, importer) {
  const others = Object.entries(programs[program]).filter(([, source]) => source !== importer);
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter: /^\.\// }, ({ path, resolveDir }) => {
        const [name, found] =
          others.find(([, source]) => join(root, source) === join(resolveDir, path)) ?? [];
        const extension = found === snapshotted ? 'cjs' : 'js';
        return name === undefined ? undefined : { path: `./${name}.${extension}`, external: true };
      });
    },
  };
}
