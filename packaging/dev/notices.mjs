// The licences of the npm packages that are in a bundle.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root of the project
 * @param {string[]} inputs files in the bundle, below the root
 * @returns {string} each package with its version, its licence's name and its text
 */
export function noticesOf(root, inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => noticeOf(join(root, folder)))
    .join('\n');
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const text = file === undefined ? readmeLicence(folder) : readFileSync(join(folder, file), 'utf8');
  const id = license ?? 'see below';
  if (text === '' && license === undefined) throw new Error(`${name} ${version} comes without a licence`);
  return `${'-'.repeat(72)}\n${name} ${version}\nLicense: ${id}\n\n${text.trim()}\n`;
}

/** Some packages have their licence's text at the end of their README alone. */
function readmeLicence(folder) {
  const path = join(folder, 'README.md');
  if (!existsSync(path)) return '';
  return /^#+ *licen[cs]e\b[\s\S]*/im.exec(readFileSync(path, 'utf8'))?.[0] ?? '';
}
