import { join } from 'node:path';
import { replayDeadlines } from './deadlines.ts';
import { runProgram } from './program.ts';
import { walkFiles } from './walk.ts';

/** Number of files in one call: their names have to fit into one command line. */
const batchSize = 500;

/** Asks fincore (util-linux) how many bytes of each file are in memory. A file that is not in memory has no entry. */
export async function cachedFiles(
  root: string,
  directories: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, { cachedBytes: number; sizeBytes: number }>> {
  const cached = new Map<string, { cachedBytes: number; sizeBytes: number }>();
  let batch: { path: string; sizeBytes: number }[] = [];
  const ask = async (): Promise<void> => {
    const asked = new Map(batch.map((file) => [join(root, file.path), file]));
    batch = [];
    if (asked.size === 0) return;
    const columns = ['--bytes', '--noheadings', '--raw', '--output', 'RES,FILE'];
    const text = await runProgram('fincore', [...columns, '--', ...asked.keys()], replayDeadlines.fincoreMs);
    for (const line of text.split('\n')) {
      const [, bytes, name = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
      const file = asked.get(name);
      if (file !== undefined && Number(bytes) > 0)
        cached.set(file.path, { cachedBytes: Number(bytes), sizeBytes: file.sizeBytes });
    }
  };
  for await (const file of walkFiles(root, directories, signal)) {
    if (file.sizeBytes > 0) batch.push(file);
    if (batch.length === batchSize) await ask();
  }
  await ask();
  return cached;
}
