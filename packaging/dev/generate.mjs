// Writes proto/gen from proto/parbake/v1, or with --check compares the two.
// The flags are those of proto/wire/options.ts; test/unit/proto-options.test.ts holds them together.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const generatorFlags = ['--longs=Number', '--enums=String', '--defaults', '--oneofs'];

function generate(outDir) {
  const sources = readdirSync(join(root, 'proto/parbake/v1')).map((name) => `parbake/v1/${name}`);
  execFileSync(
    join(root, 'node_modules/.bin/proto-loader-gen-types'),
    [...generatorFlags, '--includeComments', '--importFileExtension=.ts', '--grpcLib=@grpc/grpc-js'].concat(
      ['--includeDirs', join(root, 'proto'), '--outDir', outDir],
      sources,
    ),
    { cwd: join(root, 'proto'), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  writeFileSync(join(outDir, 'parbake.json'), `${JSON.stringify(description(sources))}\n`);
  writeFileSync(join(outDir, 'google-rpc.json'), `${JSON.stringify(errorDescription())}\n`);
  // The generator names its sources by absolute path; a committed file names no machine's directory.
  for (const file of filesOf(outDir)) {
    const path = join(outDir, file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/^(\/\/ Original file: ).*\/proto\//m, '$1proto/'),
    );
  }
}

/** What errors are made of; see proto/wire/status.ts. */
const errorTypes = ['Status', 'ErrorInfo', 'BadRequest', 'LocalizedMessage', 'RetryInfo', 'ResourceInfo'];

/** The types of google.rpc that errors are made of, as one document. */
function errorDescription() {
  const { google } = load(['google/rpc/status.proto', 'google/rpc/error_details.proto']);
  const ours = Object.entries(google.nested.rpc.nested).filter(([name]) => errorTypes.includes(name));
  return {
    nested: { google: { nested: { ...google.nested, rpc: { nested: Object.fromEntries(ours) } } } },
  };
}

/**
 * The same files as one document, so that no program has to parse them at its start. Comments and options, which no
 * program reads, are left out.
 */
function description(sources) {
  const { google, parbake } = load(sources);
  const text = JSON.stringify(parbake);
  const used = Object.entries(google.nested.protobuf.nested).filter(([name]) =>
    text.includes(`"google.protobuf.${name}"`),
  );
  return { nested: { google: { nested: { protobuf: { nested: Object.fromEntries(used) } } }, parbake } };
}

function load(sources) {
  const files = new protobuf.Root();
  files.resolvePath = (_, path) =>
    join(root, path.startsWith('google/protobuf/') ? 'node_modules/protobufjs' : 'proto', path);
  const { nested } = files.loadSync(sources, { keepCase: false }).resolveAll().toJSON();
  return withoutBehavior(nested);
}

/** Drops `google.api.field_behavior`, which is for people and for client generators. */
function withoutBehavior(value) {
  if (Array.isArray(value)) return value.map(withoutBehavior);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== '(google.api.field_behavior)')
    .map(([key, each]) => [key, withoutBehavior(each)])
    .filter(([key, each]) => key !== 'options' || Object.keys(each).length > 0);
  return Object.fromEntries(entries);
}

function filesOf(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

const target = join(root, 'proto/gen');
if (process.argv.includes('--check')) {
  const scratch = mkdtempSync(join(tmpdir(), 'parbake-gen-'));
  try {
    generate(scratch);
    const wanted = filesOf(scratch);
    const stale = [...new Set([...wanted, ...filesOf(target)])].filter(
      (file) =>
        !wanted.includes(file) ||
        !filesOf(target).includes(file) ||
        readFileSync(join(scratch, file), 'utf8') !== readFileSync(join(target, file), 'utf8'),
    );
    if (stale.length > 0) {
      console.error(
        `proto/gen differs from proto/parbake/v1 (run "npm run generate"):\n  ${stale.join('\n  ')}`,
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
} else {
  rmSync(target, { recursive: true, force: true });
  generate(target);
}
