import { performance } from 'node:perf_hooks';
import pc from 'picocolors';

/** Tells a person what happens: on a terminal with a line that lives, elsewhere in plain lines. */
export interface Screen {
  /** Shows a numbered title and, when the work is done, how long it took. Lines written meanwhile go below it. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** What happens right now; only a terminal shows it. */
  status(text: string): void;
  /** A line of the step's outcome. */
  line(text?: string): void;
  /** Takes the living line away, so that somebody else may write. */
  clear(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

export function createScreen(out: NodeJS.WriteStream): Screen {
  const isLive = out.isTTY;
  const colors = pc.createColors(isLive && pc.isColorSupported);
  let number = 0;
  let text = '';
  let frame = 0;
  let started = 0;
  const erase = (): void => {
    if (isLive) out.write('\r\u001b[2K');
  };
  const draw = (): void => {
    frame = (frame + 1) % frames.length;
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    const width = Math.max(out.columns - 1, 20);
    erase();
    out.write(`    ${frames[frame] ?? ''} ${text} ${seconds}`.slice(0, width));
  };
  const line = (one = ''): void => {
    erase();
    out.write(one === '' ? '\n' : `    ${one}\n`);
  };
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => {
    clearInterval(timer);
    timer = undefined;
    erase();
  };
  return {
    line,
    clear,
    status(wanted) {
      text = wanted;
      if (isLive) timer ??= setInterval(draw, frameMs).unref();
    },
    async step(title, work) {
      number += 1;
      started = performance.now();
      clear();
      out.write(`\n${colors.bold(`${String(number).padStart(2)}  ${title}`)}\n`);
      const result = await work().finally(clear);
      out.write(colors.dim(`    ${((performance.now() - started) / 1000).toFixed(1)} s\n`));
      return result;
    },
  };
}

/** Horizontal bars, longest for the largest value. */
export function bars(rows: readonly { label: string; ms: number }[], width = 44): string[] {
  const most = Math.max(...rows.map(({ ms }) => ms));
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  return rows.map(({ label, ms }) => {
    const eighths = Math.max(1, Math.round((ms / most) * width * 8));
    const rest = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '';
    const bar = `${'█'.repeat(Math.floor(eighths / 8))}${rest}`;
    return `${label.padEnd(labelWidth)}  ${bar} ${formatMs(ms)}`;
  });
}

export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms >= 100 ? Math.round(ms).toLocaleString('en') : ms.toFixed(1)} ms`;
}

export function formatMegabytes(bytes: number): string {
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}
