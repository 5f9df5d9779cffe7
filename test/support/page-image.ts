import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../testbed/engine.ts';
import { buildImage } from '../testbed/images.ts';

/** What `/` answers. */
export const pageText = 'a page\n';

/**
 * An image of 2 MB that answers on port 8080: one program without a shell, and its page.
 * @param more lines of its Dockerfile
 */
export async function buildPageImage(
  engine: Engine,
  directory: string,
  ref: string,
  more: readonly string[] = [],
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  copyFileSync('/bin/busybox', join(directory, 'busybox'));
  writeFileSync(join(directory, 'index.html'), pageText);
  const lines = [
    ...['FROM scratch', 'COPY busybox /bin/busybox', 'COPY index.html /www/index.html', ...more],
    'CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]',
  ];
  writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
  await buildImage(engine, directory, ref);
}
