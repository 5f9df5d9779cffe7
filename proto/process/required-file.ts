import { readFile } from 'node:fs/promises';
import { reasonOf } from '../errors/cause.ts';
import { ParbakeError } from '../errors/errors.ts';

/** Reads a file that has to be there. @throws ParbakeError FILE_UNREADABLE */
export async function readRequired(path: string): Promise<Buffer> {
  return await readFile(path).catch((cause: unknown) => {
    throw new ParbakeError('FILE_UNREADABLE', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  });
}

/** The same, as UTF-8. @throws ParbakeError FILE_UNREADABLE */
export async function readRequiredText(path: string): Promise<string> {
  return (await readRequired(path)).toString('utf8');
}
