import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesBelow, maintainer, packaging, put, putGzipped, setModes, version } from './layout.ts';
import type { Parts, Product } from './product.ts';

const scripts = ['postinst', 'prerm', 'postrm'] as const;
const debArchitecture = { x64: 'amd64', arm64: 'arm64' } as const;

/** @param epoch seconds: the time of every file in the package. @returns the package's path */
export function makeDeb(product: Product, parts: Parts, epoch: string): string {
  const { name, configuration, programs } = product;
  const folder = join(packaging, 'deb', product.folder);
  const architecture = debArchitecture[parts.architecture];
  const stage = mkdtempSync(join(tmpdir(), 'parbake-deb-'));
  try {
    product.layOut(stage, parts);
    put(stage, `usr/share/lintian/overrides/${name}`, join(folder, 'lintian-overrides'));
    putGzipped(stage, `usr/share/doc/${name}/changelog.gz`, changelog(name, epoch));
    const values: Record<string, string> = {
      VERSION: version,
      ARCHITECTURE: architecture,
      MAINTAINER: maintainer,
      INSTALLED_KIB: String(Math.ceil(bytesBelow(stage) / 1024)),
      UNITS: product.units.join(' '),
    };
    mkdirSync(join(stage, 'DEBIAN'));
    for (const file of ['control', ...scripts]) {
      const text = readFileSync(join(folder, file), 'utf8');
      const filled = text.replaceAll(/@([A-Z_]+)@/g, (_, key: string) => values[key] ?? '');
      writeFileSync(join(stage, 'DEBIAN', file), filled);
    }
    writeFileSync(join(stage, 'DEBIAN/conffiles'), configuration.map((path) => `/${path}\n`).join(''));
    setModes(stage, [...programs, ...scripts.map((script) => `DEBIAN/${script}`)]);
    const file = join(parts.output, `${name}_${version}_${architecture}.deb`);
    // One thread: the number of threads would change the bytes.
    const compression = parts.isFast ? ['-Zgzip'] : ['-Zxz', '--threads-max=1'];
    const options = ['--root-owner-group', '-z1', ...compression];
    execFileSync('dpkg-deb', [...options, '--build', stage, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: epoch },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return file;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function changelog(name: string, epoch: string): string {
  const date = new Date(Number(epoch) * 1000).toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`;
}
