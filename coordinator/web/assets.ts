import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageBuild, pageHtml } from './page-build.ts';

export interface Asset {
  type: string;
  body: Buffer;
  etag: string;
}

const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

/** The page's files by path: built before, beside a bundle; out of the sources in a checkout. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const here = dirname(fileURLToPath(import.meta.url));
  const built = join(here, 'web');
  const files = existsSync(join(built, 'page.js')) ? await readBuilt(built) : await buildNow(here);
  const assets = Object.entries(files).map(([name, body]) => {
    const type = name.endsWith('.css') ? types.css : types.js;
    return [`/${name}`, asset(type, body)] as const;
  });
  return new Map([...assets, ['/', asset('text/html; charset=utf-8', Buffer.from(pageHtml))]]);
}

async function readBuilt(directory: string): Promise<Record<string, Buffer>> {
  const [js, css] = await Promise.all(['page.js', 'page.css'].map((name) => readFile(join(directory, name))));
  return { 'page.js': js as Buffer, 'page.css': css as Buffer };
}

/** In a checkout the bundler is there; whoever installed a package has the built files. */
async function buildNow(here: string): Promise<Record<string, Buffer>> {
  const { build } = await import('esbuild');
  const options = { ...pageBuild(join(here, 'page')), write: false, outdir: '/' } as const;
  const { outputFiles } = await build(options);
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [path.slice(1), Buffer.from(contents)]));
}

function asset(type: string, body: Buffer): Asset {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` };
}
