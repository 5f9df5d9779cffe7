import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacksIn, type TestReport } from './attacks.ts';

const usage = `usage: npm run attack [-- --json]

Tries what the security findings did, against running programs: agents and coordinators in namespaces, real Docker Engines and
real sealed images. Prints which attacks were held; exits with 1 when one got through or could not be tried.
`;

/** Files with tests whose names say which finding they try again. */
const files = [
  'test/e2e/ends.test.ts',
  'test/e2e/hostile-container.test.ts',
  'test/integration/authorise.test.ts',
  'test/integration/block-metadata.test.ts',
  'test/integration/coordinator.test.ts',
  'test/integration/hostile-agents.test.ts',
  'test/integration/local-socket.test.ts',
  'test/integration/sealed-store.test.ts',
  'test/integration/secrets.test.ts',
  'test/integration/tls.test.ts',
  'test/integration/web-access.test.ts',
  'test/unit/assign-request.test.ts',
  'test/unit/container-spec.test.ts',
  'test/unit/ec2-proof.test.ts',
  'test/unit/open-streams.test.ts',
  'test/unit/order-files.test.ts',
  'test/unit/own-addresses.test.ts',
  'test/unit/scrub-private.test.ts',
  'test/unit/terminal-text.test.ts',
];

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--json')) {
  process.stderr.write(usage);
  process.exitCode = args.includes('--help') ? 0 : 2;
} else process.exitCode = await attack(args.includes('--json'));

async function attack(asJson: boolean): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-attack-'));
  const report = join(directory, 'report.json');
  try {
    await runTests(report);
    const attacks = attacksIn(JSON.parse(readFileSync(report, 'utf8')) as TestReport);
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
async function runTests(report: string): Promise<void> {
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  const options = ['--testNamePattern', 'finding \\d+:', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, 'run', ...files, ...options], {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
