import { Socket } from 'node:net';
import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import { replayDeclaration } from './declarations.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { JsonLines } from '../core/json-lines.ts';
import { planReplay, ReplayQueue, type ReplayPlan, type UnitProgress } from '../core/replay/plan.ts';
import { unitLabel } from '../core/replay/recording.ts';
import { givenRoot } from '../host/root.ts';
import { deviceAt, deviceOf } from './device.ts';
import { replay, type ReplayResult } from './read.ts';
import { hasRecordings, loadRecordings, manifestFacts, type LoadedRecordings } from './recordings.ts';

export const replayCommand = command(replayDeclaration, runReplay);

/** Node's default number of threads. */
const defaultThreads = 4;
/** Threads that stay free for anything but the replay's reads. */
const spareThreads = 2;

async function runReplay(
  values: ValuesOf<typeof replayDeclaration>,
  context: CommandContext,
): Promise<ExitCode> {
  const wanted = values.inFlight;
  const root = givenRoot(values.root);
  if (values.plan && !(await hasRecordings(root))) {
    context.stdout.write(values.json ? '{"units":[],"refused":[]}\n' : nothingRecorded);
    return exitCodes.done;
  }
  const device = await (values.device === undefined ? deviceOf(root.dir) : deviceAt(values.device));
  const loaded = await loadRecordings(root, { ...(await manifestFacts(root)), fileSystem: device });
  const plan = planReplay(loaded.recordings, values.prefer);
  if (values.plan) {
    context.stdout.write(values.json ? `${JSON.stringify(planDocument(plan, loaded))}\n` : planText(plan));
    return refusals(loaded, context);
  }
  const threads = Number(context.env['UV_THREADPOOL_SIZE'] ?? defaultThreads);
  const inFlight = Math.max(1, Math.min(wanted, threads - spareThreads));
  if (inFlight < wanted)
    context.stderr.write(
      `parbake-agent: ${inFlight} reads in flight instead of ${wanted}: UV_THREADPOOL_SIZE is ${threads}\n`,
    );
  const queue = new ReplayQueue(plan);
  const stop = new AbortController();
  const control = values.control ? listen(queue, stop) : undefined;
  const begin = performance.now();
  try {
    const result = await replay(queue, {
      device: device.path,
      mountPoint: device.mountPoint,
      inFlight,
      signal: AbortSignal.any([context.signal, stop.signal]),
      onProgress: (progress) => {
        if (values.control) context.stdout.write(`${JSON.stringify({ progress })}\n`);
        else if (context.stderr.isTTY === true) context.stderr.write(`\r${progressText(progress)}`);
      },
    });
    if (!values.control && context.stderr.isTTY === true) context.stderr.write('\n');
    const report = resultDocument(result, loaded, performance.now() - begin);
    if (values.control) context.stdout.write(`${JSON.stringify({ report })}\n`);
    else context.stdout.write(values.json ? `${JSON.stringify(report)}\n` : resultText(report));
    const verdict = refusals(loaded, context);
    return result.failed > 0 ? exitCodes.failed : verdict;
  } finally {
    control?.destroy();
  }
}

/** Reads the orders of the agent that started this process, which ends with it. */
function listen(queue: ReplayQueue, stop: AbortController): Socket {
  const lines = new JsonLines();
  const socket = new Socket({ fd: 0, readable: true, writable: false });
  socket.on('data', (chunk: Buffer) => {
    for (const order of lines.push(chunk) as { prefer?: string; stop?: boolean }[]) {
      if (order.prefer !== undefined) queue.prefer(order.prefer);
      if (order.stop === true) stop.abort();
    }
  });
  socket.on('end', () => stop.abort());
  socket.on('error', () => stop.abort());
  return socket;
}

function refusals({ refused }: LoadedRecordings, context: CommandContext): ExitCode {
  for (const { error } of refused) context.stderr.write(`parbake-agent: ${error.message} [${error.code}]\n`);
  return refused.length === 0 ? exitCodes.done : exitCodes.failed;
}

function refusedDocument({ refused }: LoadedRecordings) {
  return refused.map(({ name, error }) => ({ name, code: error.code, message: error.message }));
}

/** The document of `replay --json`. Sizes are in bytes, times in milliseconds. */
export interface ReplayReport {
  progress: UnitProgress[];
  chunks_read: number;
  files_read: number;
  bytes_read: number;
  files_missing: number;
  failed: number;
  failures: { what: string; reason: string }[];
  /** Why it ended before everything was read; absent when everything was. */
  stopped?: 'signal' | 'failures' | undefined;
  ms: number;
  refused: { name: string; code: string; message: string }[];
  /** Remarks, such as that a recording has no blocks. */
  notes: string[];
}

function resultDocument(result: ReplayResult, loaded: LoadedRecordings, ms: number): ReplayReport {
  return {
    progress: result.progress,
    chunks_read: result.chunksRead,
    files_read: result.filesRead,
    bytes_read: result.bytesRead,
    files_missing: result.missing,
    failed: result.failed,
    failures: result.failures,
    stopped: result.stopped,
    ms: Math.round(ms),
    refused: refusedDocument(loaded),
    notes: loaded.recordings.flatMap(({ unit, notes }) => notes.map((note) => `${unitLabel(unit)}: ${note}`)),
  };
}

function planDocument(plan: ReplayPlan, loaded: LoadedRecordings) {
  return {
    units: plan.map(({ unit, chunks, files }) => ({ unit, chunks, files })),
    refused: refusedDocument(loaded),
  };
}

const nothingRecorded = 'nothing was recorded\n';
const mebibyte = 1024 * 1024;

function planText(plan: ReplayPlan): string {
  if (plan.length === 0) return nothingRecorded;
  const sum = (steps: readonly { bytes: number }[]): string =>
    `${(steps.reduce((total, { bytes }) => total + bytes, 0) / mebibyte).toFixed(1)} MiB`;
  const lines = plan.map(({ unit, chunks, files }) => {
    const paths = new Set(files.map((step) => (step.kind === 'file' ? step.path : '')));
    return `${unitLabel(unit)}: ${chunks.length} chunks (${sum(chunks)}), then ${paths.size} files (${sum(files)})`;
  });
  return `${lines.join('\n')}\n`;
}

function progressText(progress: readonly UnitProgress[]): string {
  return progress
    .map(({ unit, fraction }) => `${unitLabel(unit)}: ${Math.floor(fraction * 100)} %`)
    .join('  ');
}

function resultText(report: ReplayReport): string {
  const lines = [progressText(report.progress)];
  const read = `${(report.bytes_read / mebibyte).toFixed(1)} MiB`;
  lines.push(`${report.chunks_read} chunks and ${report.files_read} files, ${read}, in ${report.ms} ms`);
  if (report.files_missing > 0) lines.push(`${report.files_missing} files are not there any more`);
  if (report.failed > 0) {
    const first = report.failures.map(({ what, reason }) => `${what} (${reason})`).join(', ');
    lines.push(`${report.failed} could not be read: ${first}`);
  }
  if (report.stopped !== undefined)
    lines.push(report.stopped === 'signal' ? 'stopped early' : 'stopped: the disk fails');
  return `${[...lines, ...report.notes].join('\n')}\n`;
}
