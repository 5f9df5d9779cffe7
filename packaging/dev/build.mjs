// Bundles each program into one file under dist/, with the proto files it loads beside it.
import { build } from 'esbuild';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'dist');
const programs = {
  'parbake-agent': 'agent/main.ts',
  'parbake-coordinator': 'coordinator/main.ts',
  parbake: 'coordinator/cli/main.ts',
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: Object.entries(programs).map(([out, source]) => ({ in: source, out })),
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  minify: false,
  // Libraries in CommonJS call require(); an ES module has none of its own.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as parbakeRequire } from 'node:module';\nconst require = parbakeRequire(import.meta.url);\nimport { fileURLToPath as parbakePath } from 'node:url';\nimport { dirname as parbakeDir } from 'node:path';\nconst __filename = parbakePath(import.meta.url);\nconst __dirname = parbakeDir(__filename);",
  },
  // Docker is reached by its Unix socket only; SSH would be a fifth of the agent.
  alias: { ssh2: join(root, 'packaging/dev/no-ssh.cjs') },
});
cpSync(join(root, 'proto/parbake'), join(dist, 'proto/parbake'), { recursive: true });
