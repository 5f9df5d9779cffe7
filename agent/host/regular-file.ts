import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a file of an image. What is below a root may be anything: the system waits for a writer when it opens a pipe, and a
 * device never ends.
 * @param path on this machine
 * @throws Error when it is not a regular file; the system's own error
 */
export async function readRegularText(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is not a regular file`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
