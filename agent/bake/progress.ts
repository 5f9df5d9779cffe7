import type { CommandContext } from '../../proto/process/command.ts';
import type { LayerProgress } from '../core/pull-progress.ts';
import type { BakeResult } from './image.ts';
import { formatBytes, formatMs } from './units.ts';

/** Shows how a bake goes, image by image. */
export interface BakeProgress {
  start(ref: string): void;
  update(layers: readonly LayerProgress[]): void;
  done(result: BakeResult): void;
  /** What comes after the images, in words. */
  note(text: string): void;
  /** Leaves the terminal's cursor on a line of its own; may be called at any time. */
  close(): void;
}

const barWidth = 16;
const maxRefLength = 24;
/** For eyes; more often only slows the terminal down. */
const redrawIntervalMs = 80;

/** A bar on a terminal, one line per event elsewhere. */
export function bakeProgress(stderr: CommandContext['stderr']): BakeProgress {
  return stderr.isTTY === true ? barProgress(stderr) : lineProgress(stderr);
}

function lineProgress(stderr: CommandContext['stderr']): BakeProgress {
  return {
    start: (ref) => void stderr.write(`${ref}: resolving and pulling\n`),
    update: () => undefined,
    done: (result) => void stderr.write(`${summary(result)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    close: () => undefined,
  };
}

function barProgress(stderr: CommandContext['stderr']): BakeProgress {
  let ref = '';
  let pending: readonly LayerProgress[] | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;
  const write = (text: string): void => {
    const width = Math.max((stderr.columns ?? 80) - 1, 20);
    stderr.write(`\r\u001b[2K${text.slice(0, width)}`);
    isOpen = true;
  };
  /** Draws what came last, and again after the interval if more came: a pull that stops shows where. */
  const redraw = (): void => {
    timer = undefined;
    if (pending === undefined) return;
    write(`${shortened(ref)}  ${barText(pending)}`);
    pending = undefined;
    timer = setTimeout(redraw, redrawIntervalMs).unref();
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    pending = undefined;
  };
  return {
    start(next) {
      stop();
      ref = next;
      write(`${shortened(ref)}  resolving`);
    },
    update(layers) {
      pending = layers;
      if (timer === undefined) redraw();
    },
    done(result) {
      stop();
      write('');
      stderr.write(`${summary(result)}\n`);
      isOpen = false;
    },
    note(text) {
      stop();
      write('');
      stderr.write(`${text}\n`);
      isOpen = false;
    },
    close() {
      stop();
      if (isOpen) stderr.write('\n');
      isOpen = false;
    },
  };
}

/**
 * `[######------] 45 % of 27.0 MB, 3 of 5 layers, extracting`. As long as some layer's size is not known,
 * the bar counts layers.
 */
export function barText(layers: readonly LayerProgress[]): string {
  const fresh = layers.filter((layer) => !layer.cached);
  const total = fresh.reduce((sum, layer) => sum + (layer.sizeBytes ?? 0), 0);
  const current = fresh.reduce(
    (sum, layer) => sum + Math.min(layer.downloadedBytes, layer.sizeBytes ?? 0),
    0,
  );
  const done = layers.filter((layer) => layer.phase === 'done').length;
  const isKnown = total > 0 && fresh.every((layer) => layer.sizeBytes !== undefined);
  const share = isKnown ? current / total : done / Math.max(layers.length, 1);
  const filled = Math.floor(share * barWidth);
  const bar = `${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}`;
  const bytes = isKnown ? ` ${Math.floor(share * 100)} % of ${formatBytes(total)},` : '';
  const phase = layers.some((layer) => layer.phase === 'extracting') ? ', extracting' : '';
  return `[${bar}]${bytes} ${done} of ${layers.length} layers${phase}`;
}

/** The end of a long reference, which tells images apart better than its registry does. */
function shortened(ref: string): string {
  return ref.length <= maxRefLength ? ref : `…${ref.slice(1 - maxRefLength)}`;
}

function summary({ image, cached }: BakeResult): string {
  if (cached) return `${image.ref}: already there (${image.digest})`;
  const fetched = image.layers.filter((layer) => !layer.cached);
  const bytes = fetched.reduce((sum, layer) => sum + (layer.sizeBytes ?? 0), 0);
  return `${image.ref}: pulled ${fetched.length} ${fetched.length === 1 ? 'layer' : 'layers'}, ${formatBytes(bytes)}, in ${formatMs(image.pullMs)} (${image.digest})`;
}
