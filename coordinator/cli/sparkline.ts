import type { Sample } from '../core/sample.ts';
import { bytes, printable } from '../insight/format.ts';

const fine = ' ▁▂▃▄▅▆▇█';
const plain = ' .:-=+*#';
const nameWidth = 24;

/** Figures that are drawn: rates in bytes a second, parts of one core, and levels in bytes. */
const series: readonly {
  name: string;
  unit: 'rate' | 'cores' | 'level';
  of: (s: Sample) => number | undefined;
}[] = [
  { name: 'disk read', unit: 'rate', of: ({ diskReadBytes }) => diskReadBytes },
  { name: 'disk written', unit: 'rate', of: ({ diskWriteBytes }) => diskWriteBytes },
  { name: 'network received', unit: 'rate', of: ({ networkReceiveBytes }) => networkReceiveBytes },
  { name: 'network sent', unit: 'rate', of: ({ networkTransmitBytes }) => networkTransmitBytes },
  { name: 'processor', unit: 'cores', of: ({ cpuMs }) => cpuMs },
  { name: 'waiting for the disk', unit: 'cores', of: ({ ioStallMs }) => ioStallMs },
  { name: 'memory', unit: 'level', of: ({ memoryBytes }) => memoryBytes },
];

/**
 * Draws samples as lines of characters, with their peaks: a line for each figure that the host or a container has.
 * @param isFine whether the terminal can draw blocks
 */
export function sparklines(samples: readonly Sample[], width: number, isFine: boolean): string {
  const times = samples.map(({ startMs }) => startMs);
  if (times.length === 0) return '';
  const from = Math.min(...times);
  const to = Math.max(...samples.map(({ startMs, intervalMs }) => startMs + intervalMs));
  const cells = Math.max(10, width - nameWidth - 14);
  return [...Map.groupBy(samples, ({ container }) => container)]
    .flatMap(([container, each]) => {
      const lines = series.flatMap(({ name, unit, of }) => {
        const points = each.flatMap((sample) => {
          const value = of(sample);
          const rate =
            unit === 'level' ? value : value === undefined ? undefined : value / (sample.intervalMs / 1000);
          return rate === undefined
            ? []
            : [{ from: sample.startMs, to: sample.startMs + sample.intervalMs, value: rate }];
        });
        const peak = points.reduce((most, { value }) => Math.max(most, value), 0);
        if (peak === 0) return [];
        const line = drawn(points, { from, to, cells, peak }, isFine ? fine : plain);
        return [
          `  ${name.padEnd(nameWidth - 2)}${line.padEnd(cells)}  ${peakText(peak, unit).padStart(11)}\n`,
        ];
      });
      const title = printable(container === '' ? 'the whole host' : `container ${container}`);
      return lines.length === 0 ? [] : [`${title}\n`, ...lines];
    })
    .join('');
}

function drawn(
  points: readonly { from: number; to: number; value: number }[],
  { from, to, cells, peak }: { from: number; to: number; cells: number; peak: number },
  ramp: string,
): string {
  const highest: (number | undefined)[] = Array.from({ length: cells });
  const cellOf = (at: number): number => Math.floor(((at - from) / Math.max(1, to - from)) * cells);
  for (const { value, ...stretch } of points) {
    const first = Math.min(cells - 1, cellOf(stretch.from));
    for (let cell = first; cell <= Math.max(first, cellOf(stretch.to) - 1); cell++)
      highest[cell] = Math.max(highest[cell] ?? 0, value);
  }
  return highest
    .map((value) => {
      if (value === undefined || value === 0) return ' ';
      return ramp[Math.max(1, Math.round((value / peak) * (ramp.length - 1)))] ?? '';
    })
    .join('');
}

function peakText(peak: number, unit: 'rate' | 'cores' | 'level'): string {
  if (unit === 'cores') return `${(peak / 10).toFixed(0)} %`;
  return unit === 'rate' ? `${bytes(Math.round(peak))}/s` : bytes(Math.round(peak));
}
