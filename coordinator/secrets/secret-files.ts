import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { maxSecretBytes, type SecretProvider } from './secrets.ts';

/**
 * Secrets as files of a directory, where a mounted volume, an agent of Vault or a timer that copies from AWS puts them.
 * Links may lead to anything in the directory, as volumes of Kubernetes need, and nowhere else.
 */
export class SecretFiles implements SecretProvider {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async fetch(name: string): Promise<string> {
    try {
      const [directory, file] = await Promise.all([
        realpath(this.#directory),
        realpath(join(this.#directory, name)),
      ]);
      if (!file.startsWith(directory + sep)) throw notFound(name);
      return await readText(name, file);
    } catch (cause) {
      if (cause instanceof ParbakeError) throw cause;
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(cause) ?? '')) throw notFound(name);
      throw new ParbakeError('SECRET_UNAVAILABLE', `secret ${name} cannot be read: ${reasonOf(cause)}`, {
        cause,
      });
    }
  }
}

async function readText(name: string, path: string): Promise<string> {
  // A pipe would hold a thread of Node's until somebody writes into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw notFound(name);
    if (found.size > maxSecretBytes)
      throw new ParbakeError('SECRET_UNAVAILABLE', `secret ${name} has more than ${maxSecretBytes} bytes`);
    // Editors and `echo` end a file with a line feed, which is not meant.
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

function notFound(name: string): ParbakeError {
  return new ParbakeError('SECRET_NOT_FOUND', `there is no secret ${name}`);
}
