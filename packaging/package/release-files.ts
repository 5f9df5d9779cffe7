import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { refuseExposed } from '../../proto/process/private-file.ts';

interface Bom {
  serialNumber: string;
  metadata: { timestamp: string; component: { name: string } };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  properties: { name: string; value: string }[];
}

/**
 * Writes a bill of materials (CycloneDX) of what the packages are made from, as the lock file says. npm makes it; what would
 * differ each time comes from the content and the date of the sources.
 * @param notices the licences of what is in the bundles: some of it is only needed to build them
 * @returns the file
 */
export function writeBom(
  { root, output, version, epoch }: { root: string; output: string; version: string; epoch: string },
  notices: string,
): string {
  // With --omit=dev npm leaves out what both the programs and the build need.
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const text = execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
  const bom = JSON.parse(text) as Bom;
  // npm takes the directory's name.
  bom.metadata.component.name = 'parbake';
  bom.metadata.timestamp = new Date(Number(epoch) * 1000).toISOString();
  bom.components = bom.components.filter(
    (component) =>
      !isForDevelopment(component) || notices.includes(`\n${component.name} ${component.version}\n`),
  );
  const kept = new Set([`parbake@${version}`, ...bom.components.map((component) => component['bom-ref'])]);
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
  bom.serialNumber = '';
  const hash = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  // A UUID of version 8: our own kind of content.
  const uuid = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  bom.serialNumber = `urn:uuid:${[...uuid, hash.slice(20, 32)].join('-')}`;
  const file = join(output, `parbake-${version}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(bom, undefined, 2)}\n`);
  return file;
}

function isForDevelopment({ properties }: Component): boolean {
  return properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
}

/** Writes `SHA256SUMS`, as sha256sum does. @returns the file */
export function writeSums(output: string, files: readonly string[]): string {
  const lines = files
    .map((file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`)
    .toSorted((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1));
  const sums = join(output, 'SHA256SUMS');
  writeFileSync(sums, lines.join(''));
  return sums;
}

/** Makes the signer of a file. @throws ParbakeError USAGE, KEY_EXPOSED */
export async function signerOf(path: string): Promise<(file: string) => string> {
  const key = await refuseExposed(path)
    .then(() => createPrivateKey(readFileSync(path)))
    .catch((cause: unknown) => {
      if (cause instanceof ParbakeError) throw cause;
      throw new ParbakeError('USAGE', `cannot read the key ${path}: ${reasonOf(cause)}`, { cause });
    });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new ParbakeError('USAGE', `${path} is not an EC key on P-256, which openssl and cosign verify`);
  return (file) => {
    const signature = `${file}.sig`;
    writeFileSync(signature, `${sign('sha256', readFileSync(file), key).toString('base64')}\n`);
    return signature;
  };
}
