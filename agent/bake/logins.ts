import { readFile } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors.ts';
import { parseLogins, type RegistryLogins } from '../core/registry-logins.ts';
import type { Root } from '../host/root.ts';

/**
 * Registry logins that somebody left for this bake, in memory only; none when there is no such file.
 * @throws ParbakeError FILE_UNREADABLE
 */
export async function readLogins(root: Root): Promise<RegistryLogins> {
  const file = root.path('/root/.docker/config.json');
  try {
    return parseLogins(await readFile(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return parseLogins('{}');
    // The parser's message would quote the file.
    const reason = cause instanceof SyntaxError ? 'it is not JSON' : String(cause);
    throw new ParbakeError('FILE_UNREADABLE', `cannot read registry logins from ${file}: ${reason}`);
  }
}
