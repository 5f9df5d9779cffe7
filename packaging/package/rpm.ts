import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GateArchitecture } from '../dev/gate-build.ts';
import { layOut, maintainer, setModes, units, version, type Parts } from './layout.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../rpm');
const rpmArchitecture = { x64: 'x86_64', arm64: 'aarch64' } as const;

/** @param epoch seconds, of everything in it. @returns the package's path */
export function makeRpm(architecture: GateArchitecture, parts: Parts, epoch: string): string {
  const work = mkdtempSync(join(tmpdir(), 'parbake-rpm-'));
  try {
    const stage = join(work, 'stage');
    mkdirSync(stage);
    layOut(stage, parts);
    const presets = join(stage, 'usr/lib/systemd/system-preset');
    mkdirSync(presets);
    writeFileSync(join(presets, '80-parbake-agent.preset'), units.map((unit) => `enable ${unit}\n`).join(''));
    setModes(stage);
    const spec = join(work, 'parbake-agent.spec');
    writeFileSync(spec, specText(epoch));
    const target = rpmArchitecture[architecture];
    execFileSync('rpmbuild', ['-bb', '--quiet', '--target', `${target}-linux`, ...defines(work), spec], {
      env: { ...process.env, SOURCE_DATE_EPOCH: epoch, PARBAKE_STAGE: stage },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const name = `parbake-agent-${version}-1.${target}.rpm`;
    const file = join(parts.output, name);
    cpSync(join(work, 'out', name), file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What rpmbuild would take from the machine that it runs on. */
function defines(work: string): string[] {
  const values = {
    _topdir: join(work, 'build'),
    _rpmdir: join(work, 'out'),
    _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _tmppath: work,
    _buildhost: 'parbake.invalid',
    _dbpath: join(work, 'db'),
    // Readable by every rpm since 4.14.
    _binary_payload: 'w9.zstdio',
    _build_id_links: 'none',
    debug_package: '%{nil}',
    __os_install_post: '%{nil}',
    clamp_mtime_to_source_date_epoch: '1',
    use_source_date_epoch_as_buildtime: '1',
  };
  return Object.entries(values).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
}

function specText(epoch: string): string {
  const [weekday, day, month, year] = new Date(Number(epoch) * 1000)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  const values: Record<string, string> = {
    VERSION: version,
    UNITS: units.join(' '),
    UNIT_FILES: units.map((unit) => `/usr/lib/systemd/system/${unit}`).join('\n'),
    CHANGELOG: `* ${weekday} ${month} ${day} ${year} ${maintainer} - ${version}-1\n- Version ${version}.`,
  };
  const template = readFileSync(join(folder, 'parbake-agent.spec'), 'utf8');
  return template.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => values[name] ?? '');
}
