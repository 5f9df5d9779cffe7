import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Removal } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import type { Found } from './locate.ts';
import { absent } from '../host/resolve.ts';

/**
 * What the seal says of something that is found, before it goes. Of an identity that is a hash: a clone can prove that its
 * own is another one, and nobody learns which it was.
 * @throws ParbakeError SCRUB_FAILED
 */
export async function removalOf(root: Root, rule: string, found: Found): Promise<Removal> {
  const { path, action, isIdentity } = found;
  const identity = isIdentity === true ? await identityAt(root, path) : '';
  return {
    rule,
    path,
    ...(action === 'empty' ? { action } : {}),
    ...(identity === '' ? {} : { identitySha256: createHash('sha256').update(identity).digest('hex') }),
  };
}

/** Empty when there is none. */
async function identityAt(root: Root, path: string): Promise<string> {
  const text = await readFile(root.path(path), 'utf8').catch((cause: unknown) => absent(path, cause));
  return (text ?? '').trim();
}
