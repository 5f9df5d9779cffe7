import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHostSbom } from '../../agent/bake/host-sbom.ts';
import { rootAt } from '../../agent/host/root.ts';

let directory: string;
let root: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-sbom-'));
  root = join(directory, 'root');
  mkdirSync(join(root, 'usr/share'), { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

const spdx2 = '{"spdxVersion":"SPDX-2.3","name":"host"}';

test.each([
  [spdx2, 'https://spdx.dev/Document'],
  ['{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', 'https://spdx.dev/Document'],
  ['{"bomFormat":"CycloneDX","specVersion":"1.6"}', 'https://cyclonedx.org/bom'],
])('%s is told by its place, type and digest', async (text, type) => {
  const file = put('root/usr/share/host.json', text);
  expect(await readHostSbom(rootAt(root), file)).toEqual({
    path: '/usr/share/host.json',
    type,
    sha256: createHash('sha256').update(text).digest('hex'),
  });
});

test.each(['{}', '[]', 'null', 'text', '{"bomFormat":"other"}', '{"spdxVersion":2}'])(
  '%s is not a bill of materials',
  async (text) => {
    const reading = readHostSbom(rootAt(root), put('root/host.json', text));
    await expect(reading).rejects.toMatchObject({ code: 'USAGE' });
  },
);

test('one that is not on the image is refused, also behind a link, and one that is not there', async () => {
  const outside = put('host.json', spdx2);
  symlinkSync(outside, join(root, 'link.json'));
  for (const file of [outside, join(root, 'link.json')])
    await expect(readHostSbom(rootAt(root), file)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('on the image'),
    });
  const gone = readHostSbom(rootAt(root), join(root, 'gone.json'));
  await expect(gone).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});
