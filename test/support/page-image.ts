import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildImage, pushImage } from '../testbed/images.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { makeMachineImage } from './machine-images.ts';

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

/** A sealed builder whose clones have one role, `web`: the page, behind the gate. */
export async function makePageMachine(testbed: Testbed): Promise<Engine> {
  const ref = `${(await testbed.registry()).address}/acme/app:1`;
  const builder = await testbed.startEngine();
  await buildPageImage(builder, testbed.makeDirectory('app'), ref);
  await pushImage(builder, ref);
  await installGate(builder.root);
  const container = `{ name: app, image: '${ref}', ports: [8080], ready: { http: { port: 8080 } } }`;
  const recipe = `apiVersion: parbake/v1\nimages: ['${ref}']\nroles: { web: { containers: [${container}] } }\n`;
  await makeMachineImage(testbed, builder, recipe, ['--remove-build-cache']);
  return builder;
}
