import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failAs, writeDurably } from '../../host/durable-file.ts';
import { bakeDocument } from './report.ts';
import { reportPage } from './page.ts';
import type { Baked } from '../request.ts';

/** Where a report goes. */
export interface ReportFiles {
  page: string;
  document: string;
}

/**
 * Makes sure, before anything is baked, that a report can be written.
 * @param wish a file `….html`, beside which the document is written, or a directory, which is made
 * @throws ParbakeError FILE_UNREADABLE
 */
export async function prepareReport(wish: string): Promise<ReportFiles> {
  const isFile = wish.endsWith('.html');
  const files = isFile
    ? { page: wish, document: wish.replace(/\.html$/, '.json') }
    : { page: join(wish, 'bake.html'), document: join(wish, 'bake.json') };
  const folder = dirname(files.page);
  try {
    if (!isFile) await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    for (const file of Object.values(files))
      if ((await lstat(file).catch(() => undefined))?.isFile() === false)
        throw new Error(`${file} is not a regular file`);
  } catch (cause) {
    failAs('FILE_UNREADABLE', `no report can be written to ${wish}`)(cause);
  }
  return files;
}

/** @throws ParbakeError DISK_FULL, FILE_UNREADABLE; the bake itself is done by then */
export async function writeReport({ page, document }: ReportFiles, baked: Baked): Promise<void> {
  const { startedAt, createdAt, builder, disk, agentVersion } = baked.manifest;
  const whole = {
    ...bakeDocument(baked),
    started_at: startedAt,
    finished_at: createdAt,
    agent_version: agentVersion,
    builder: snakeCased(builder),
    disk: snakeCased(disk),
  };
  const failed = failAs('FILE_UNREADABLE', 'the bake is done, but its report cannot be written');
  await writeDurably(page, reportPage(baked), 0o644).catch(failed);
  await writeDurably(document, `${JSON.stringify(whole, null, 2)}\n`, 0o644).catch(failed);
}

/** The manifest's members by the names that documents of commands have. */
function snakeCased(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const name = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), snakeCased(inner)]));
}
