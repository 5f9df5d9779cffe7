import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { UnitProgress } from '../core/replay/plan.ts';
import { unitLabel } from '../core/replay/recording.ts';
import type { Root } from '../host/root.ts';
import type { ReplayReport } from '../replay/command.ts';
import { hasRecordings } from '../replay/recordings.ts';
import { startReplay, type RunningReplay } from '../replay/start.ts';
import type { Recorder } from '../report/recorder.ts';

export interface WarmingOptions {
  /** How this program is called. */
  self: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  root: Root;
  bootId: string;
  /** Says, until the next boot, that this was done. */
  marker: string;
  recorder: Recorder;
  logger: Logger;
}

/** Progress is told to others this often: each time is a write at the coordinator. */
const toldParts = 4;

/** Reads ahead at boot what was recorded at bake, once, beside everything else that happens. */
export class Warming {
  readonly #options: WarmingOptions;
  #running: RunningReplay | undefined;
  #progress: readonly UnitProgress[] = [];
  #state: 'off' | 'reading' | 'done' | 'stopped' | 'failed' = 'off';
  #error = '';
  /** The role that an order came for. */
  #ordered: string | undefined;
  #told = '';
  /** Called whenever a role has come another quarter further. */
  onChange: () => void = () => {};

  constructor(options: WarmingOptions) {
    this.#options = options;
  }

  /** @returns 0 to 1; undefined when nothing is read ahead for this role */
  replayed(role: string): number | undefined {
    return this.#progress.find(({ unit }) => unit.kind === 'role' && unit.role === role)?.fraction;
  }

  /** For `parbake-agent status`. */
  status(): { replay: string; replay_error: string } {
    const units = this.#progress.map(({ unit, fraction }) => `${unitLabel(unit)}: ${percent(fraction)}`);
    return { replay: [this.#state, ...units].join(', '), replay_error: this.#error };
  }

  /** An order came: its role is read next, and what the others need is not needed any more. */
  order(role: string): void {
    this.#ordered = role;
    this.#running?.prefer(role);
    this.#stopWhenEnough();
  }

  /**
   * Reads until everything is read, an order makes the rest useless, or the signal aborts. What fails is told, and
   * nothing else fails for it.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { root, self, env, marker, bootId, recorder, logger } = this.#options;
    if (!(await hasRecordings(root))) return;
    if ((await readFile(marker, 'utf8').catch(() => '')) === bootId) return;
    const span = recorder.begin('replay');
    this.#state = 'reading';
    this.#running = startReplay({
      program: self,
      env,
      root: root.path('/'),
      signal,
      ...(this.#ordered === undefined ? {} : { prefer: [this.#ordered] }),
      onProgress: (progress) => this.#advance(progress),
    });
    try {
      const report = await this.#running.done;
      this.#advance(report.progress);
      this.#take(report, signal.aborted);
      await span.end(attributes(report));
      // One that was cut short by the agent's own end is taken up by the next one.
      if (signal.aborted) return;
      await mkdir(dirname(marker), { recursive: true });
      await writeFile(marker, bootId);
    } catch (cause) {
      this.#state = 'failed';
      this.#error = toParbakeError(cause).toReason();
      logger.warn({ reason: this.#error }, 'nothing is read ahead any more');
      await span.end({ 'parbake.replay.error': this.#error });
    } finally {
      this.#running = undefined;
    }
  }

  #take(report: ReplayReport, isEnding: boolean): void {
    const { logger } = this.#options;
    this.#state = report.stopped === undefined ? 'done' : 'stopped';
    const problems = report.refused.map(({ code, message }) => `${code}: ${message}`);
    if (report.failed > 0) problems.push(`${report.failed} parts could not be read`);
    this.#error = problems.join('; ');
    if (this.#error !== '') logger.warn({ reason: this.#error }, 'not everything was read ahead');
    else if (!isEnding) logger.info({ bytes: report.bytes_read, ms: report.ms }, 'read ahead');
  }

  #advance(progress: readonly UnitProgress[]): void {
    this.#progress = progress;
    this.#stopWhenEnough();
    const told = progress.map(({ fraction }) => Math.floor(fraction * toldParts)).join();
    if (told === this.#told) return;
    this.#told = told;
    this.onChange();
  }

  #stopWhenEnough(): void {
    if (this.#ordered === undefined || this.#progress.length === 0) return;
    const fraction = this.replayed(this.#ordered);
    if (fraction === undefined || fraction === 1) void this.#running?.stop();
  }
}

function attributes(report: ReplayReport): Record<string, string> {
  const units = report.progress.map(({ unit, fraction }) => `${unitLabel(unit)}: ${percent(fraction)}`);
  return {
    'parbake.replay.bytes': String(report.bytes_read),
    'parbake.replay.chunks': String(report.chunks_read),
    'parbake.replay.files': String(report.files_read),
    'parbake.replay.failed': String(report.failed),
    'parbake.replay.units': units.join(', '),
    ...(report.stopped === undefined ? {} : { 'parbake.replay.stopped': report.stopped }),
    ...(report.refused.length === 0
      ? {}
      : { 'parbake.replay.refused': report.refused.map(({ name, code }) => `${name} ${code}`).join(', ') }),
  };
}

function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`;
}
