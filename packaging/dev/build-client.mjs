// What the npm package exports, as JavaScript with types below dist/client. Its libraries are the package's dependencies.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const client = join(root, 'dist/client');
const types = join(client, 'types');
rmSync(client, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['proto/client/index.ts'],
  outfile: join(client, 'index.js'),
  bundle: true,
  packages: 'external',
  platform: 'node',
  // The oldest that its callers may have.
  target: 'node20',
  format: 'esm',
  sourcemap: true,
});
execFileSync(process.execPath, [
  join(root, 'node_modules/typescript/bin/tsc'),
  ...['-p', join(root, 'packaging/dev/client.tsconfig.json'), '--outDir', types],
]);
for (const name of readdirSync(types, { recursive: true }).filter((each) => each.endsWith('.d.ts'))) {
  const path = join(types, name);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
}
