import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attacksIn, findingsTriedIn, type TestReport } from './attacks.ts';

const usage = `usage: npm run attack [-- [--finding N ...] [--json]]

Tries what the security findings did, against running programs: agents and coordinators in namespaces, real Docker Engines and
real sealed images. Prints which attacks were held; exits with 1 when one got through or could not be tried.

  --finding N  try this finding only; may be given more than once
  --json       print {"attacks":[{"id","finding","held","what"}]}
`;

const project = join(import.meta.dirname, '../..');

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = {
    finding: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { finding: findings = [], json = false, help = false } = parseArgs({ args, options }).values;
    const wanted = new Set(findings.map(Number));
    if (!help && findings.every((finding) => /^\d+$/.test(finding))) return await attack(wanted, json);
    process.stderr.write(usage);
    return help ? 0 : 2;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    process.stderr.write(`${cause.message}\n${usage}`);
    return 2;
  }
}

/** @param wanted findings; empty for all */
async function attack(wanted: ReadonlySet<number>, asJson: boolean): Promise<number> {
  const files = globSync('test/{unit,integration,e2e}/*.test.ts', { cwd: project }).filter((file) => {
    const tried = findingsTriedIn(readFileSync(join(project, file), 'utf8'));
    return tried.some((finding) => wanted.size === 0 || wanted.has(finding));
  });
  if (files.length === 0) {
    process.stderr.write(`no test tries finding ${[...wanted].join(', ')}\n`);
    return 2;
  }
  const directory = mkdtempSync(join(tmpdir(), 'parbake-attack-'));
  const report = join(directory, 'report.json');
  try {
    await runTests(files, wanted.size === 0 ? String.raw`\d+` : [...wanted].join('|'), report);
    const isWanted = (finding: number): boolean => wanted.size === 0 || wanted.has(finding);
    const attacks = attacksIn(JSON.parse(readFileSync(report, 'utf8')) as TestReport, isWanted);
    if (asJson) process.stdout.write(`${JSON.stringify({ attacks })}\n`);
    else
      for (const { id, finding, held, what } of attacks)
        process.stdout.write(`${held ? 'held' : 'THROUGH'}  ${finding}  ${id}  ${what}\n`);
    return attacks.length > 0 && attacks.every(({ held }) => held) ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Ends when all were tried, however they ended. What they say goes to stderr. */
async function runTests(files: readonly string[], findings: string, report: string): Promise<void> {
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const pattern = ['--testNamePattern', `finding (?:${findings}):`];
  const options = [...pattern, '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, 'run', ...files, ...options], {
    cwd: project,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
