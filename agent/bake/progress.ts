import type { CommandContext } from '../../proto/process/command.ts';
import type { PullRetry } from '../core/manifest.ts';
import type { LayerProgress } from '../core/image/pull-progress.ts';
import type { BakeResult } from '../images/image.ts';
import { formatBytes, formatMs } from './units.ts';

/** Shows the progress of a bake, which pulls several images at a time. */
export interface BakeProgress {
  start(ref: string): void;
  update(ref: string, layers: readonly LayerProgress[]): void;
  /** A try failed and will be retried. */
  retry(ref: string, retry: PullRetry): void;
  done(result: BakeResult): void;
  /** What comes after the images, in words. */
  note(text: string): void;
  /** Leaves the terminal's cursor on a line of its own; may be called at any time. */
  close(): void;
}

const barWidth = 16;
const maxRefLength = 24;
/** Milliseconds, for eyes; more often only slows the terminal down. */
const redrawInterval = 80;
/** Milliseconds between two lines of one pull without a terminal, so that a long pull shows that it goes on. */
const lineInterval = 15_000;

/** A bar for each image on a terminal, one line per event elsewhere. @param clock monotonic, milliseconds */
export function bakeProgress(stderr: CommandContext['stderr'], clock: () => number): BakeProgress {
  return stderr.isTTY === true ? barProgress(stderr) : lineProgress(stderr, clock);
}

function lineProgress(stderr: CommandContext['stderr'], clock: () => number): BakeProgress {
  const write = (text: string): void => void stderr.write(`${text}\n`);
  const lastLines = new Map<string, number>();
  return {
    start(ref) {
      lastLines.set(ref, clock());
      write(`${ref}: resolving and pulling`);
    },
    update(ref, layers) {
      if (clock() - (lastLines.get(ref) ?? 0) < lineInterval) return;
      lastLines.set(ref, clock());
      write(`${ref}: ${barText(layers)}`);
    },
    retry: (ref, retry) => write(retryText(ref, retry)),
    done: (result) => write(summary(result)),
    note: write,
    close: () => undefined,
  };
}

function barProgress(stderr: CommandContext['stderr']): BakeProgress {
  /** One line for each image that is under way. */
  const bars = new Map<string, string>();
  const block = new Block(stderr);
  let isStale = false;
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    isStale = false;
    block.draw([...bars].map(([ref, text]) => `${shortened(ref)}  ${text}`));
  };
  /** Draws the latest state, and again after the interval if it changed. So a pull that stops shows where. */
  const redraw = (): void => {
    timer = undefined;
    if (!isStale) return;
    draw();
    timer = setTimeout(redraw, redrawInterval).unref();
  };
  /** A line that stays, above the bars. */
  const say = (text: string): void => {
    block.draw([]);
    stderr.write(`${text}\n`);
    draw();
  };
  return {
    start(ref) {
      bars.set(ref, 'resolving');
      draw();
    },
    update(ref, layers) {
      bars.set(ref, barText(layers));
      isStale = true;
      if (timer === undefined) redraw();
    },
    retry(ref, retry) {
      bars.set(ref, 'waiting to try again');
      say(retryText(ref, retry));
    },
    done(result) {
      bars.delete(result.image.ref);
      say(summary(result));
    },
    note: say,
    close() {
      clearTimeout(timer);
      timer = undefined;
      isStale = false;
      block.leave();
      bars.clear();
    },
  };
}

/** Lines at the end of a terminal that are drawn over. */
class Block {
  readonly #stderr: CommandContext['stderr'];
  #height = 0;

  constructor(stderr: CommandContext['stderr']) {
    this.#stderr = stderr;
  }

  /** The cursor stays behind the last line. */
  draw(lines: readonly string[]): void {
    // A wrapped line would take two rows, and the next drawing would start too low.
    const width = Math.max((this.#stderr.columns ?? 80) - 1, 20);
    const up = this.#height > 1 ? `\u001b[${this.#height - 1}A` : '';
    const text = lines.map((line) => line.slice(0, width)).join('\n');
    if (this.#height > 0 || text !== '') this.#stderr.write(`\r${up}\u001b[J${text}`);
    this.#height = lines.length;
  }

  leave(): void {
    if (this.#height > 0) this.#stderr.write('\n');
    this.#height = 0;
  }
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

function retryText(ref: string, { reason, waitMs }: PullRetry): string {
  return `${ref}: ${reason}; trying again in ${formatMs(waitMs)}`;
}

function summary({ image, cached }: BakeResult): string {
  if (cached) return `${image.ref}: already there (${image.digest})`;
  const fetched = image.layers.filter((layer) => !layer.cached);
  const bytes = fetched.reduce((sum, layer) => sum + (layer.sizeBytes ?? 0), 0);
  return `${image.ref}: pulled ${fetched.length} ${fetched.length === 1 ? 'layer' : 'layers'}, ${formatBytes(bytes)}, in ${formatMs(image.pullMs)} (${image.digest})`;
}
