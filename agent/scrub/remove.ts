import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Root } from '../host/root.ts';
import { absent } from '../host/resolve.ts';
import { rewriteFile } from '../host/rewrite.ts';
import { contentOf, withoutLines } from './content.ts';
import { failAs, removeDurably, writeDurably } from '../host/durable-file.ts';
import type { Found } from './locate.ts';

/** As machine-id(5) has it. */
const emptyMode = 0o444;

/** Removes or empties one entry below a root. An argument of the scrub, so that a test can stop it at every step. */
export type Remove = (
  root: Root,
  found: Pick<Found, 'path' | 'action' | 'lines' | 'content'>,
) => Promise<void>;

/**
 * Removes an entry durably, a directory with its content. It never follows a link and never truncates: a file that has to be empty
 * or loses lines is replaced by a new one with the same owner, ACLs and label.
 */
export const removeFound: Remove = async (root, found) => {
  const path = root.path(found.path);
  const isFile = (await lstat(path).catch((cause: unknown) => absent(found.path, cause)))?.isFile() === true;
  if (found.lines !== undefined) {
    const text = isFile ? await contentOf(root, found.path) : undefined;
    if (text === undefined) return;
    await rewriteFile(path, withoutLines(text, found.lines)).catch(
      failAs('SCRUB_FAILED', `cannot write ${path}`),
    );
    return;
  }
  const { content } = found;
  if (content !== undefined)
    return await rewriteFile(path, content).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
  const isEmptied = found.action === 'empty';
  if (isEmptied && isFile)
    return await rewriteFile(path, '').catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
  await removeDurably(path).catch(failAs('SCRUB_FAILED', `cannot remove ${path}`));
  if (!isEmptied) return;
  await mkdir(dirname(path), { recursive: true }).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
  await writeDurably(path, '', emptyMode).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
};
