import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { relative } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { member, parseJson, textMember } from '../core/json.ts';
import type { HostSbom } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';

/**
 * A bill of materials of the machine itself, which somebody made and left on the image: what it is, so that a clone can
 * tell whether it still is that one.
 * @param file on this machine, below the root
 * @throws ParbakeError USAGE when it is elsewhere or no bill, FILE_UNREADABLE
 */
export async function readHostSbom(root: Root, file: string): Promise<HostSbom> {
  const bytes = await readRequired(file);
  const path = relative(await realpath(root.dir), await realpath(file));
  if (path.startsWith('../'))
    throw new ParbakeError(
      'USAGE',
      `--host-sbom takes a file that is on the image, below ${root.dir}, not ${file}`,
    );
  const type = typeOf(bytes.toString('utf8'));
  if (type === undefined)
    throw new ParbakeError(
      'USAGE',
      `${file} is not a bill of materials: it is neither SPDX nor CycloneDX in JSON`,
    );
  return { path: `/${path}`, type, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The type by the name that attestations use for the format. */
function typeOf(text: string): string | undefined {
  const document = parseJson(text);
  // From version 3 on SPDX is JSON-LD.
  const context = member(document, '@context');
  if (textMember(document, 'spdxVersion') !== '' || String(context).startsWith('https://spdx.org/rdf/'))
    return 'https://spdx.dev/Document';
  return textMember(document, 'bomFormat') === 'CycloneDX' ? 'https://cyclonedx.org/bom' : undefined;
}
