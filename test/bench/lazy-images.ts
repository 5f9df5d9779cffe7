import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';

/** Number of files in an ordinary image. */
const layersPerImage = 5;

/** Archives that are loaded at once: the Engine takes one layer of each at a time. */
const loadedAtOnce = 4;

/**
 * Loads images of which none shares a layer with another, with a small file each: what counts is how much the Engine has
 * to know about.
 */
export async function loadManyImages(engine: Engine, directory: string, count: number): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const share = Math.ceil(count / loadedAtOnce);
  const loads: Promise<void>[] = [];
  for (let first = 0; first < count; first += share) {
    const archive = await makeArchive(directory, first, Math.min(first + share, count));
    const loading = load(engine, archive);
    // It may fail while the next archive is made; all are waited for below.
    loading.catch(() => {});
    loads.push(loading);
  }
  await Promise.all(loads);
  const loaded = await engine.docker.listImages();
  if (loaded.length !== count) throw new Error(`${loaded.length} images were loaded instead of ${count}`);
  rmSync(directory, { recursive: true, force: true });
}

async function load(engine: Engine, archive: string): Promise<void> {
  const answer = await engine.docker.loadImage(createReadStream(archive));
  for await (const line of answer) if (String(line).includes('"errorDetail"')) throw new Error(String(line));
}

/** @returns where the archive of the images from `first` until before `end` is, as `docker save` makes one */
async function makeArchive(directory: string, first: number, end: number): Promise<string> {
  const store = join(directory, `images-${first}`);
  const manifest: { Config: string; RepoTags: string[]; Layers: string[] }[] = [];
  mkdirSync(store);
  for (let image = first; image < end; image++) {
    const layers: { name: string; diffId: string }[] = [];
    for (let layer = 0; layer < layersPerImage; layer++) {
      const name = `${image}-${layer}.tar`;
      const file = `file-${image}-${layer}`;
      writeFileSync(join(directory, file), file.repeat(300));
      await command('tar', ['--create', '--file', join(store, name), '--directory', directory, file]);
      layers.push({ name, diffId: `sha256:${sha256(readFileSync(join(store, name)))}` });
    }
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Cmd: ['/none'], Env: [`NUMBER=${image}`] },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    });
    const name = `${sha256(config)}.json`;
    writeFileSync(join(store, name), config);
    const tags = [`bench/many-${image}:1`];
    manifest.push({ Config: name, RepoTags: tags, Layers: layers.map((layer) => layer.name) });
  }
  writeFileSync(join(store, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(directory, `images-${first}.tar`);
  await command('tar', ['--create', '--file', archive, '--directory', store, '.']);
  return archive;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
