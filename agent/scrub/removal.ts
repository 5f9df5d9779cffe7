import { createHash } from 'node:crypto';
import { defined } from '../../proto/errors/defined.ts';
import type { Removal } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import type { Found } from './locate.ts';
import { absent } from '../host/resolve.ts';
import { readRegularText } from '../host/regular-file.ts';

/**
 * Describes something for the seal before it is removed. An identity is recorded as a hash, so that a clone can prove that its own
 * differs without anybody learning the old one.
 * @throws ParbakeError SCRUB_FAILED
 */
export async function removalOf(root: Root, rule: string, found: Found): Promise<Removal> {
  const { path, action, isIdentity } = found;
  const identity = isIdentity === true ? await identityAt(root, path) : '';
  const identitySha256 = identity === '' ? undefined : createHash('sha256').update(identity).digest('hex');
  return { rule, path, ...defined({ action: action === 'remove' ? undefined : action, identitySha256 }) };
}

/** Returns an empty text when the file is missing. */
async function identityAt(root: Root, path: string): Promise<string> {
  const text = await readRegularText(root.path(path)).catch((cause: unknown) => absent(path, cause));
  return (text ?? '').trim();
}
