// `npm run package`: the agent's Debian packages under dist/, without the network.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildGate, gateCompiler, type GateArchitecture } from './gate-build.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'dist');
const debian = { x64: 'amd64', arm64: 'arm64' } as const;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const maintainer = 'Parbake contributors <contributors@parbake.invalid>';

const epoch =
  process.env['SOURCE_DATE_EPOCH'] ??
  execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim();

execFileSync(process.execPath, [join(root, 'packaging/dev/build.mjs')], { stdio: 'inherit' });
for (const architecture of ['x64', 'arm64'] as const) {
  const missing = missingPart(architecture);
  if (missing === undefined) {
    const file = await makePackage(architecture);
    console.log(`${file}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  } else if (architecture === process.arch) {
    console.error(`cannot make the ${debian[architecture]} package: ${missing} is missing`);
    process.exitCode = 1;
  } else {
    console.log(`no ${debian[architecture]} package: ${missing} is missing`);
  }
}

function nodeOf(architecture: GateArchitecture): string {
  return join(root, `node_modules/node-linux-${architecture}`);
}

function missingPart(architecture: GateArchitecture): string | undefined {
  if (!existsSync(join(nodeOf(architecture), 'bin/node')))
    return `the npm package node-linux-${architecture}`;
  return gateCompiler(architecture) === undefined ? 'a C compiler for it' : undefined;
}

/** @returns the package's path */
async function makePackage(architecture: GateArchitecture): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'parbake-deb-'));
  try {
    layOut(stage, architecture, await buildGate(architecture));
    const file = join(dist, `parbake-agent_${version}_${debian[architecture]}.deb`);
    // One thread: how many there are would show in the bytes.
    const options = ['--root-owner-group', '-Zxz', '-z1', '--threads-max=1'];
    execFileSync('dpkg-deb', [...options, '--build', stage, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: epoch },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return file;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function layOut(stage: string, architecture: GateArchitecture, gate: string): void {
  const deb = join(root, 'packaging/deb');
  const units = join(root, 'packaging/systemd');
  const put = (to: string, from: string) => {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    cpSync(from, join(stage, to), { recursive: true });
  };
  put('usr/lib/parbake/node', join(nodeOf(architecture), 'bin/node'));
  put('usr/lib/parbake/agent/parbake-agent.mjs', join(dist, 'parbake-agent.js'));
  for (const part of readdirSync(dist).filter((name) => /^parbake-agent-\w+\.js$/.test(name)))
    put(`usr/lib/parbake/agent/${part}`, join(dist, part));
  put('usr/lib/parbake/agent/proto', join(dist, 'proto'));
  put('usr/lib/parbake/gate', gate);
  put('usr/bin/parbake-agent', join(deb, 'parbake-agent.sh'));
  put('usr/lib/systemd/system/parbake-agent.service', join(units, 'parbake-agent.service'));
  put('etc/default/parbake-agent', join(units, 'parbake-agent.default'));
  const documents = 'usr/share/doc/parbake-agent';
  put(`${documents}/README.md`, join(deb, 'README.md'));
  put('usr/share/lintian/overrides/parbake-agent', join(deb, 'lintian-overrides'));
  // As in the checkout, the program finds its version one directory up.
  writeFileSync(
    join(stage, 'usr/lib/parbake/package.json'),
    `${JSON.stringify({ version, type: 'module' })}\n`,
  );
  const nodeLicence = join(nodeOf(architecture), 'LICENSE');
  writeFileSync(join(stage, documents, 'copyright'), copyright(nodeLicence));
  writeFileSync(join(stage, documents, 'changelog.gz'), gzipSync(changelog(), { level: 9 }));
  const installedKiB = Math.ceil(bytesBelow(stage) / 1024);
  for (const script of ['postinst', 'prerm', 'postrm']) put(`DEBIAN/${script}`, join(deb, script));
  writeFileSync(join(stage, 'DEBIAN/conffiles'), '/etc/default/parbake-agent\n');
  writeFileSync(join(stage, 'DEBIAN/control'), control(architecture, installedKiB));
  setModes(stage);
}

function control(architecture: GateArchitecture, installedKiB: number): string {
  return `Package: parbake-agent
Version: ${version}
Architecture: ${debian[architecture]}
Maintainer: ${maintainer}
Installed-Size: ${installedKiB}
Depends: libatomic1, libc6 (>= 2.28), libgcc-s1, libstdc++6
Recommends: docker.io | docker-ce, util-linux
Section: admin
Priority: optional
Description: containers that answer the moment an instance is asked for
 Bakes container images into a machine image, scrubs it so that clones differ
 from each other, prepares the containers of an instance's role, and releases
 them when the coordinator assigns the instance to a user.
`;
}

function copyright(nodeLicence: string): string {
  const node = existsSync(nodeLicence) ? readFileSync(nodeLicence, 'utf8') : 'MIT; https://nodejs.org\n';
  return `Copyright: the contributors of Parbake
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.

/usr/lib/parbake/node is Node.js, unchanged:

${node}`;
}

function changelog(): string {
  const date = new Date(Number(epoch) * 1000).toUTCString().replace('GMT', '+0000');
  return `parbake-agent (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`;
}

function bytesBelow(directory: string): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** The same whatever the umask is. */
function setModes(stage: string): void {
  const programs = /\/(usr\/bin\/parbake-agent|lib\/parbake\/(node|gate)|DEBIAN\/(postinst|prerm|postrm))$/;
  chmodSync(stage, 0o755);
  for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || programs.test(path) ? 0o755 : 0o644);
  }
}
