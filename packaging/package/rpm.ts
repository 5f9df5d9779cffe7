import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maintainer, packaging, putText, setModes, version } from './layout.ts';
import type { Parts, Product } from './product.ts';

const rpmArchitecture = { x64: 'x86_64', arm64: 'aarch64' } as const;

/** @param epoch seconds: the time of every file in the package. @returns the package's path */
export function makeRpm(product: Product, parts: Parts, epoch: string): string {
  const { name, units } = product;
  const work = mkdtempSync(join(tmpdir(), 'parbake-rpm-'));
  try {
    const stage = join(work, 'stage');
    mkdirSync(stage);
    product.layOut(stage, parts);
    const preset = units.map((unit) => `enable ${unit}\n`).join('');
    putText(stage, `usr/lib/systemd/system-preset/80-${name}.preset`, preset);
    setModes(stage, product.programs);
    const spec = join(work, `${name}.spec`);
    writeFileSync(spec, specText(product, epoch));
    const target = rpmArchitecture[parts.architecture];
    execFileSync(
      'rpmbuild',
      ['-bb', '--quiet', '--target', `${target}-linux`, ...defines(work, parts.isFast), spec],
      {
        env: { ...process.env, SOURCE_DATE_EPOCH: epoch, PARBAKE_STAGE: stage },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const made = `${name}-${version}-1.${target}.rpm`;
    const file = join(parts.output, made);
    cpSync(join(work, 'out', made), file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Settles what rpmbuild would otherwise take from the machine that it runs on. */
function defines(work: string, isFast: boolean): string[] {
  const values = {
    _topdir: join(work, 'build'),
    _rpmdir: join(work, 'out'),
    _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _tmppath: work,
    _buildhost: 'parbake.invalid',
    _dbpath: join(work, 'db'),
    // Readable by every rpm since 4.14.
    _binary_payload: isFast ? 'w1.zstdio' : 'w9.zstdio',
    _build_id_links: 'none',
    debug_package: '%{nil}',
    __os_install_post: '%{nil}',
    clamp_mtime_to_source_date_epoch: '1',
    use_source_date_epoch_as_buildtime: '1',
  };
  return Object.entries(values).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
}

function specText({ name, units }: Product, epoch: string): string {
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
  const template = readFileSync(join(packaging, 'rpm', `${name}.spec`), 'utf8');
  return template.replaceAll(/@([A-Z_]+)@/g, (_, key: string) => values[key] ?? '');
}
