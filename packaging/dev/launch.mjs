// The commands behind `npm run demo`, `npm test` and `npm run check`: sets up what they need, says what it
// installs, does nothing twice, and runs them on the locked Node. Plain JavaScript, for any Node from 18 on.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const lockedNode = join(root, 'node_modules/.bin/node');
const say = (text) => process.stderr.write(`${text}\n`);

/** What the real parts need: a file that shows that it is there, and the Debian package that has it. */
const systemParts = [
  { program: 'dockerd', package: 'docker.io' },
  { program: 'docker-registry', package: 'docker-registry' },
  { program: 'ip', package: 'iproute2' },
  { program: 'iptables', package: 'iptables' },
  { program: 'nsenter', package: 'util-linux' },
  { program: 'openssl', package: 'openssl' },
  { program: 'busybox', package: 'busybox-static' },
  { program: 'gcc', package: 'gcc' },
];
/** What a clone makes at its first boot outside of Docker. */
const proofParts = [
  ...systemParts,
  { program: 'systemd-machine-id-setup', package: 'systemd' },
  { program: 'ssh-keygen', package: 'openssh-client' },
];
/** Whole machines, and the package that is installed on them. */
const machineParts = [
  { program: 'qemu-system-x86_64', package: 'qemu-system-x86' },
  { program: 'qemu-img', package: 'qemu-utils' },
  { program: 'debootstrap', package: 'debootstrap' },
  { program: 'ssh', package: 'openssh-client' },
  { program: 'mkfs.ext4', package: 'e2fsprogs' },
  { program: 'dpkg-deb', package: 'dpkg' },
];
/** What only tests need: a stand-in for EC2 is a Python program, and a lazily loaded disk has a file system. */
const testParts = [
  ...proofParts,
  ...machineParts,
  { program: 'pip3', package: 'python3-pip' },
  { program: '/usr/include/stdio.h', package: 'libc6-dev' },
  { program: 'losetup', package: 'mount' },
  { program: 'chromium', package: 'chromium' },
  { program: 'promtool', package: 'prometheus' },
  { program: 'pgrep', package: 'procps' },
  { program: 'rpmbuild', package: 'rpm' },
  { program: 'lintian', package: 'lintian' },
  { program: 'groff', package: 'groff-base' },
  { program: 'aarch64-linux-gnu-gcc', package: 'gcc-aarch64-linux-gnu' },
  { program: 'qemu-aarch64', package: 'qemu-user' },
  { program: '/usr/aarch64-linux-gnu/lib/libstdc++.so.6', package: 'libstdc++6-arm64-cross' },
  { program: '/usr/aarch64-linux-gnu/include/stdio.h', package: 'libc6-dev-arm64-cross' },
  { program: '/usr/lib/postgresql', package: 'postgresql' },
  { program: 'pgbouncer', package: 'pgbouncer' },
];
/** The bench measures applications that people have. */
const benchParts = [
  ...testParts,
  { program: 'nginx', package: 'nginx-light' },
  { program: 'javac', package: 'default-jdk-headless' },
];
/** A package is made from the locked Node, the bundle and a freshly compiled gate. */
const packageParts = [
  { program: 'dpkg-deb', package: 'dpkg' },
  { program: 'rpmbuild', package: 'rpm' },
  { program: 'gcc', package: 'gcc' },
];
const searchPath = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin${delimiter}/usr/bin`;

const [task, ...rest] = process.argv.slice(2);
const tasks = {
  ...{ attack, bench, check, demo, faults, package: makePackages, proof, test },
  'pool-faults': poolFaults,
};
if (!Object.hasOwn(tasks, task ?? '')) {
  say(`usage: launch.mjs ${Object.keys(tasks).join('|')} [arguments]`);
  process.exit(2);
}
ensureNodeModules();
process.exit(await tasks[task](rest));

async function demo(args) {
  if (!ensureSystemParts(systemParts)) return 2;
  return await runNode([join(root, 'test/demo/main.ts'), ...args]);
}

async function bench(args) {
  // Needs no Engine and takes half an hour: never one of the parts that are run together.
  if (args[0] === 'retention')
    return await runNode([join(root, 'test/bench/retention.ts'), ...args.slice(1)]);
  if (args[0] === 'routes') return await runNode([join(root, 'test/bench/routes.ts'), ...args.slice(1)]);
  if (args[0] === 'fleet') return await runNode([join(root, 'test/bench/fleet.ts'), ...args.slice(1)]);
  if (!args.includes('--help') && !ensureSystemParts(benchParts)) return 2;
  return await runNode([join(root, 'test/bench/main.ts'), ...args]);
}

async function proof(args) {
  const isWithMachines = args.includes('vm') || !args.includes('--target');
  if (!ensureSystemParts(isWithMachines ? [...proofParts, ...machineParts] : proofParts)) return 2;
  return await runNode([join(root, 'test/proof/main.ts'), ...args]);
}

async function attack(args) {
  if (!args.includes('--help')) ensureSystemParts(testParts);
  return await runNode([join(root, 'test/attack/main.ts'), ...args]);
}

/** Without PostgreSQL, what has its store there is left out, and said. */
async function faults(args) {
  return await runNode([join(root, 'test/faults/main.ts'), ...args]);
}

async function poolFaults(args) {
  return await runNode([join(root, 'test/pool-faults/main.ts'), ...args]);
}

async function makePackages(args) {
  const missing = missingParts(packageParts).map((part) => part.package);
  if (missing.length > 0 && isRoot() && existsSync('/usr/bin/apt-get')) install(missing);
  return await runNode([join(root, 'packaging/package/main.ts'), ...args]);
}

/** Ends with `N passed, N failed, N skipped`; with PARBAKE_TEST_REQUIRE=all a skip counts as a failure. */
async function test(args) {
  if (!args.includes('unit')) ensureSystemParts(testParts);
  const scratch = mkdtempSync(join(tmpdir(), 'parbake-report-'));
  const report = join(scratch, 'report.json');
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await runNode([vitest, 'run', ...reporters, ...args]);
    return summarise(report, code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function summarise(report, code) {
  if (!existsSync(report)) return code === 0 ? 1 : code;
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const tests = result.testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter((one) => one.status === 'skipped' || one.status === 'pending');
  for (const one of skipped) say(`skipped: ${one.fullName}`);
  const refused = process.env.PARBAKE_TEST_REQUIRE === 'all' && skipped.length > 0;
  if (refused) say('PARBAKE_TEST_REQUIRE=all: a skipped test is a failure.');
  if (result.numPassedTests === 0) say('no test was run');
  process.stdout.write(
    `${result.numPassedTests} passed, ${result.numFailedTests} failed, ${skipped.length} skipped\n`,
  );
  return code === 0 && (refused || result.numPassedTests === 0) ? 1 : code;
}

async function check() {
  const bin = (name) => join(root, 'node_modules', name);
  const steps = [
    { name: 'types', args: [bin('typescript/bin/tsc'), '-p', root] },
    { name: 'lint', args: [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
    { name: 'layers', args: [join(root, 'packaging/dev/layers.ts')] },
    { name: 'format', args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
    { name: 'generated types', args: [join(root, 'packaging/dev/generate.mjs'), '--check'] },
    { name: 'API', args: [join(root, 'packaging/dev/api-check.mjs')] },
    { name: 'docs/api.md', args: [join(root, 'packaging/dev/api-doc.ts'), '--check'] },
    { name: 'docs/errors.md', args: [join(root, 'packaging/dev/errors-doc.ts'), '--check'] },
    { name: 'docs/scrub.md', args: [join(root, 'packaging/dev/scrub-doc.ts'), '--check'] },
    { name: 'docs/engines.md', args: [join(root, 'packaging/dev/engines-doc.ts'), '--check'] },
    { name: 'docs/metrics.md', args: [join(root, 'packaging/dev/metrics-doc.ts'), '--check'] },
    { name: 'docs/recipe.md', args: [join(root, 'packaging/dev/recipe-doc.ts'), '--check'] },
    { name: 'docs/pool-file.md', args: [join(root, 'packaging/dev/pool-doc.ts'), '--check'] },
    { name: 'docs/openapi.json', args: [join(root, 'packaging/dev/openapi-doc.ts'), '--check'] },
    { name: 'docs/preview-file.md', args: [join(root, 'packaging/dev/preview-doc.ts'), '--check'] },
    {
      name: 'types of the page',
      args: [bin('typescript/bin/tsc'), '-p', join(root, 'coordinator/web/page')],
    },
    { name: 'dead code', args: [bin('knip/bin/knip.js')] },
    { name: 'licences', args: [join(root, 'packaging/dev/licences.mjs')] },
  ];
  let failed = 0;
  for (const { name, args } of steps) {
    const code = await runNode(args);
    say(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`);
    if (code !== 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}

/** Passes signals on to the program, and waits while it cleans up. */
async function runNode(args) {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${searchPath}` };
  // On a system without a locked Node (macOS, say) the person's own serves.
  const node = existsSync(lockedNode) ? lockedNode : process.execPath;
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env });
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the program by itself; twice would mean "at once" to some.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      say(`cannot run ${node}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, forward);
  return code;
}

function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) say(`cannot run ${program}: ${error.message}`);
  return status ?? 1;
}

/** `npm ci`, when it was not done for this lock file yet. */
function ensureNodeModules() {
  const stamp = join(root, 'node_modules/.parbake-lock-sha256');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing the locked npm packages (npm ci) ...');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = npm ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (code !== 0) {
    say('npm ci failed; the lines above say why.');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

/** True when everything is there; otherwise says what is missing and how to get it. */
function ensureSystemParts(parts) {
  let missing = missingParts(parts);
  if (missing.length === 0 && isRoot()) return true;
  const canInstall = process.platform === 'linux' && isRoot() && existsSync('/usr/bin/apt-get');
  if (canInstall && missing.length > 0) {
    install(missing.map((part) => part.package));
    missing = missingParts(parts);
    if (missing.length === 0) return true;
  }
  if (process.platform !== 'linux') say(`Docker Engines need Linux; this is ${process.platform}.`);
  else if (!isRoot()) say('Starting Docker Engines and network namespaces needs root: run this with sudo.');
  if (missing.length > 0) {
    const packages = missing.map((part) => part.package).join(' ');
    say(`Missing: ${missing.map((part) => part.program).join(', ')}. On Debian or Ubuntu, as root:`);
    say(`  apt-get install --no-install-recommends ${packages}`);
  }
  return false;
}

function isRoot() {
  return process.getuid?.() === 0;
}

function missingParts(parts) {
  const directories = searchPath.split(delimiter);
  return parts.filter(({ program }) => !directories.some((dir) => existsSync(resolve(dir, program))));
}

/** Installs Debian packages without letting them start a service on this machine. */
function install(packages) {
  say(`Installing Debian packages: ${packages.join(' ')} ...`);
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  try {
    if (isOurs) {
      writeFileSync(policy, '#!/bin/sh\nexit 101\n');
      chmodSync(policy, 0o755);
    }
    run('apt-get', ['-qq', 'update'], quiet);
    run('apt-get', ['-qq', 'install', '--yes', '--no-install-recommends', ...packages], quiet);
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}
