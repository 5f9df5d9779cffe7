// Fails when a locked package has a licence that we have not agreed to.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const runtime = [
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
];
const development = [...runtime, 'MPL-2.0', 'Python-2.0'];
/** Packages whose package.json has no SPDX licence field; their licence text was read. */
const read = new Map([
  ['cpu-features', 'MIT'],
  ['ssh2', 'MIT'],
  ['streamsearch', 'MIT'],
  ['buildcheck', 'MIT'],
]);

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const refused = Object.entries(packages).filter(([path, { license, dev, devOptional }]) => {
  if (path === '') return false;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const allowed = dev || devOptional ? development : runtime;
  const licence = license ?? read.get(name) ?? '';
  return !licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((one) => one.split(' AND ').every((id) => allowed.includes(id)));
});
for (const [path, { license }] of refused) console.error(`${path}: ${license ?? 'no licence named'}`);
process.exitCode = refused.length === 0 ? 0 : 1;
