import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GateArchitecture } from '../dev/gate-build.ts';
import {
  bytesBelow,
  configuration,
  documents,
  layOut,
  maintainer,
  putGzipped,
  setModes,
  units,
  version,
  type Parts,
} from './layout.ts';

const deb = join(dirname(fileURLToPath(import.meta.url)), '../deb');
const scripts = ['postinst', 'prerm', 'postrm'] as const;
const debArchitecture = { x64: 'amd64', arm64: 'arm64' } as const;

/** @param epoch seconds, of everything in it. @returns the package's path */
export function makeDeb(architecture: GateArchitecture, parts: Parts, epoch: string): string {
  const stage = mkdtempSync(join(tmpdir(), 'parbake-deb-'));
  try {
    layOut(stage, parts);
    const overrides = join(stage, 'usr/share/lintian/overrides');
    mkdirSync(overrides, { recursive: true });
    cpSync(join(deb, 'lintian-overrides'), join(overrides, 'parbake-agent'));
    putGzipped(stage, `${documents}/changelog.gz`, changelog(epoch));
    const installedKiB = Math.ceil(bytesBelow(stage) / 1024);
    mkdirSync(join(stage, 'DEBIAN'));
    for (const script of scripts) writeFileSync(join(stage, 'DEBIAN', script), scriptText(script));
    writeFileSync(join(stage, 'DEBIAN/conffiles'), configuration.map((path) => `/${path}\n`).join(''));
    writeFileSync(join(stage, 'DEBIAN/control'), control(architecture, installedKiB));
    setModes(
      stage,
      scripts.map((script) => `DEBIAN/${script}`),
    );
    const file = join(parts.output, `parbake-agent_${version}_${debArchitecture[architecture]}.deb`);
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

/** The scripts work on every unit of the package. */
function scriptText(script: (typeof scripts)[number]): string {
  return readFileSync(join(deb, script), 'utf8').replaceAll('@UNITS@', units.join(' '));
}

function control(architecture: GateArchitecture, installedKiB: number): string {
  return `Package: parbake-agent
Version: ${version}
Architecture: ${debArchitecture[architecture]}
Maintainer: ${maintainer}
Installed-Size: ${installedKiB}
Depends: libatomic1, libc6 (>= 2.28), libgcc-s1, libstdc++6
Recommends: docker.io | docker-ce
Section: admin
Priority: optional
Description: containers that answer the moment an instance is asked for
 Bakes container images into a machine image, scrubs it so that clones differ
 from each other, prepares the containers of an instance's role, and releases
 them when the coordinator assigns the instance to a user.
`;
}

function changelog(epoch: string): string {
  const date = new Date(Number(epoch) * 1000).toUTCString().replace('GMT', '+0000');
  return `parbake-agent (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`;
}
