// `npm run check`: which room may import which, and what the pure rooms may not use. ARCHITECTURE.md has the map.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerProblems, type SourceFile } from './layers/check.ts';

const at = process.argv.indexOf('--root');
const root = at < 0 ? join(import.meta.dirname, '../..') : (process.argv[at + 1] ?? '');
const listed = execFileSync(
  'git',
  ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  {
    encoding: 'utf8',
  },
).split('\0');
const files: SourceFile[] = listed
  .filter((path) => /^(agent|coordinator|proto)\/.*\.[cm]?[jt]sx?$/.test(path) && !path.endsWith('.d.ts'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const problems = layerProblems(files);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
