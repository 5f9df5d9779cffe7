import type { CommandContext } from '../../proto/process/command.ts';
import type { LayerProgress } from '../core/pull-progress.ts';
import type { BakeResult } from './image.ts';
import { formatBytes, formatMs } from './units.ts';

/** Shows how a bake goes, image by image. */
export interface BakeProgress {
  start(ref: string): void;
  update(layers: readonly LayerProgress[]): void;
  done(result: BakeResult): void;
  /** Leaves the terminal's cursor on a line of its own; may be called at any time. */
  close(): void;
}

const barWidth = 24;
/** Redraws per second are for eyes; more only slow the terminal down. */
const redrawIntervalMs = 80;

/** A bar on a terminal, one line per event elsewhere. */
export function bakeProgress(stderr: CommandContext['stderr'], clock: () => number): BakeProgress {
  return stderr.isTTY === true ? barProgress(stderr, clock) : lineProgress(stderr);
}

function lineProgress(stderr: CommandContext['stderr']): BakeProgress {
  return {
    start: (ref) => void stderr.write(`${ref}: resolving and pulling\n`),
    update: () => undefined,
    done: (result) => void stderr.write(`${summary(result)}\n`),
    close: () => undefined,
  };
}

function barProgress(stderr: CommandContext['stderr'], clock: () => number): BakeProgress {
  let ref = '';
  let drawnAt = -Infinity;
  let isOpen = false;
  const draw = (text: string): void => {
    const width = Math.max((stderr.columns ?? 80) - 1, 20);
    stderr.write(`\r\u001b[2K${text.slice(0, width)}`);
    isOpen = true;
  };
  return {
    start(next) {
      ref = next;
      drawnAt = -Infinity;
      draw(`${ref}  resolving`);
    },
    update(layers) {
      if (clock() - drawnAt < redrawIntervalMs) return;
      drawnAt = clock();
      draw(`${ref}  ${barText(layers)}`);
    },
    done(result) {
      draw('');
      stderr.write(`${summary(result)}\n`);
      isOpen = false;
    },
    close() {
      if (isOpen) stderr.write('\n');
      isOpen = false;
    },
  };
}

/** `[######------] 45 % 12.3 of 27.0 MB, 3 of 5 layers, extracting`. Only sizes already known are counted. */
export function barText(layers: readonly LayerProgress[]): string {
  const fresh = layers.filter((layer) => !layer.cached);
  const total = fresh.reduce((sum, layer) => sum + (layer.sizeBytes ?? 0), 0);
  const current = fresh.reduce(
    (sum, layer) => sum + Math.min(layer.downloadedBytes, layer.sizeBytes ?? 0),
    0,
  );
  const done = layers.filter((layer) => layer.phase === 'done').length;
  const share = total === 0 ? 0 : current / total;
  const filled = Math.round(share * barWidth);
  const bar = `${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}`;
  const phase = layers.some((layer) => layer.phase === 'extracting') ? ', extracting' : '';
  return `[${bar}] ${Math.floor(share * 100)} % of ${formatBytes(total)}, ${done} of ${layers.length} layers${phase}`;
}

function summary({ image, cached }: BakeResult): string {
  if (cached) return `${image.ref}: already there (${image.digest})`;
  const fetched = image.layers.filter((layer) => !layer.cached);
  const bytes = fetched.reduce((sum, layer) => sum + (layer.sizeBytes ?? 0), 0);
  return `${image.ref}: pulled ${fetched.length} layers, ${formatBytes(bytes)}, in ${formatMs(image.pullMs)} (${image.digest})`;
}
