import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.ts';
import { listeningAddress } from './listening.ts';
import { madeOnce } from './made-once.ts';
import { startProgram, type Started } from './processes.ts';

const source = join(dirname(fileURLToPath(import.meta.url)), '../../test/testbed/collector');
const sources = ['go.mod', 'go.sum', 'main.go'] as const;
/** Built programs, by what they were built of. */
const cache = '/var/cache/parbake/collectors';

/** OpenTelemetry's collector, taking OTLP over HTTP and passing it on in OTLP's JSON encoding. */
export interface Collector {
  /** Address for `serve --otlp`. */
  readonly url: string;
  readonly process: Started;
  close(): Promise<void>;
}

/** @returns why no collector can be built here, when none can; a built one is kept and needs no Go */
export function collectorMissing(): string | undefined {
  return existsSync(built()) || go() !== undefined
    ? undefined
    : 'needs Go, to build the OpenTelemetry collector';
}

/**
 * Builds the collector, if that was not done on this machine: some two minutes on two cores.
 * @throws when its modules cannot be fetched
 */
export async function ensureCollector(): Promise<string> {
  const compiler = go();
  const directory = await madeOnce(built(), async (making) => {
    if (compiler === undefined) throw new Error(collectorMissing());
    const scratch = mkdtempSync(join(tmpdir(), 'parbake-collector-'));
    try {
      for (const file of sources) writeFileSync(join(scratch, file), readFileSync(join(source, file)));
      const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags=-s -w'];
      await command(compiler, ['build', ...flags, '-o', join(making, 'collector'), '.'], {
        cwd: scratch,
        env: { ...process.env, CGO_ENABLED: '0' },
      });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  return join(directory, 'collector');
}

/**
 * @param directory for its configuration and log
 * @param to where it passes everything on: `/v1/traces` and `/v1/metrics` are added
 */
export async function startCollector(directory: string, to: string): Promise<Collector> {
  const program = await ensureCollector();
  const file = join(directory, 'collector.yaml');
  const signal = { receivers: ['otlp'], exporters: ['otlp_http'] };
  const configuration = {
    receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:0' } } } },
    // At once and in order: what the test sees is what the collector took.
    exporters: {
      otlp_http: {
        endpoint: to,
        encoding: 'json',
        compression: 'none',
        sending_queue: { enabled: false },
        retry_on_failure: { enabled: false },
      },
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: signal, metrics: signal },
    },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const started = startProgram(
    program,
    ['--config', `file:${file}`],
    join(directory, `collector-${randomUUID()}.log`),
  );
  // Receivers start last, so every connection is answered.
  const address = await listeningAddress(started, 'the collector', '127.0.0.1');
  return { url: `http://${address}`, process: started, close: () => started.stop() };
}

/** Directory of the program that these sources give. */
function built(): string {
  const hash = createHash('sha256');
  for (const file of sources) hash.update(readFileSync(join(source, file)));
  return join(cache, hash.digest('hex').slice(0, 16));
}

/** From the path, or where Go's own archive is unpacked to. */
function go(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/go/bin'];
  return folders.map((folder) => join(folder, 'go')).find((path) => existsSync(path));
}
