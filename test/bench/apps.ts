import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstPage } from '../demo/page.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildApplicationImage, buildImage } from '../testbed/images.ts';
import { buildPageImage } from '../support/page-image.ts';
import { pause } from '../../proto/process/tasks.ts';

/** Where every application listens. */
export const portOf = 8080;

/** An application that a user might have. */
export interface App {
  name: string;
  /** Builds its image on an Engine, in a directory of its own. */
  build(engine: Engine, directory: string, ref: string): Promise<void>;
  /** Whether it reads its order itself where `PARBAKE_ORDER` names one. */
  isHeld?: true;
  /** Resolves at the first answer, rejects when there is none yet; without it, the answer is an HTTP page. */
  answer?: (host: string, port: number) => Promise<void>;
}

/** Asks until the application answers. */
export async function answered(app: App, host: string, signal: AbortSignal): Promise<void> {
  const { answer } = app;
  if (answer === undefined) {
    const page = await firstPage(host, portOf, signal);
    if (page.status !== 200) throw new Error(`${app.name} answered ${page.status}: ${page.body}`);
    return;
  }
  const end = performance.now() + answerTimeout;
  for (;;) {
    signal.throwIfAborted();
    const failure = await answer(host, portOf).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (failure === undefined) return;
    if (performance.now() > end) throw new Error(`${app.name} never answered`, { cause: failure });
    await pause(tryInterval, signal);
  }
}

/** Milliseconds between two tries, as for a page, and for all of them. */
const tryInterval = 2;
const answerTimeout = 60_000;

/** A static web server of a few pages of memory: what is left is the platform's own time. */
const httpd: App = {
  name: 'httpd',
  // It ignores SIGTERM as a first process, and would be waited for.
  build: (engine, directory, ref) => buildPageImage(engine, directory, ref, ['STOPSIGNAL SIGKILL']),
};

/** An HTTP server on Node, in an image of more than 100 MB. */
const node: App = {
  name: 'node',
  isHeld: true,
  build: (engine, directory, ref) => buildApplicationImage(engine, directory, ref, nodeSource),
};

/** Held, it answers requests of its own until its code is warm, and then reads its order. */
const nodeSource = String.raw`const { createServer } = require('node:http');
const { readFile } = require('node:fs/promises');
const { PARBAKE_ORDER: file, PARBAKE_USER: user = 'nobody' } = process.env;
const serve = (port, user) => createServer((_, response) => response.end('Hello ' + user + '\n')).listen(port);
async function hold() {
  const own = serve(0, 'nobody');
  await new Promise((resolve) => own.once('listening', resolve));
  for (let i = 0; i < 20; i++) await (await fetch('http://127.0.0.1:' + own.address().port)).text();
  own.close();
  own.closeAllConnections();
  serve(8080, JSON.parse(await readFile(file, 'utf8')).user);
}
if (file === undefined) serve(8080, user);
else hold();
process.on('SIGTERM', () => process.exit(0));
`;

export const apps: readonly App[] = [httpd, node];

/**
 * An image of a size that teams have: the small web server, with everything that the other applications need beside it. How much is
 * pulled counts, and hardly how much is started.
 */
export function largeImage(others: readonly App[]): App {
  return {
    name: 'httpd-large',
    async build(engine, directory, ref) {
      const lines: string[] = [];
      for (const app of [httpd, ...others]) {
        const part = `bench/part-${app.name}:1`;
        await app.build(engine, join(directory, app.name), part);
        lines.push(app === httpd ? `FROM ${part}` : `COPY --from=${part} / /others/${app.name}/`);
      }
      const own = join(directory, 'own');
      mkdirSync(own);
      writeFileSync(join(own, 'Dockerfile'), `${lines.join('\n')}\n`);
      await buildImage(engine, own, ref);
    },
  };
}
