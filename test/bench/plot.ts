import type { BenchDocument } from './document.ts';

interface Bar {
  label: string;
  ms: number;
  isOurs: boolean;
}

interface Group {
  title: string;
  bars: Bar[];
}

const rowHeight = 16;
const groupGap = 30;
const labelWidth = 150;
const chartWidth = 520;
const valueWidth = 90;
const top = 48;

/** Horizontal bars on a logarithmic scale, one group an application: what cannot be seen beside seconds is the point. */
export function plot({ machine, start = [], lazy = [] }: BenchDocument): string {
  const groups: Group[] = [
    ...byApp(start).map(([app, rows]) => ({
      title: `${app}: from "now" to the first answer`,
      bars: rows.map(({ method, p50_ms: ms }) => ({
        label: method.replaceAll('_', ' '),
        ms,
        isOurs: method === 'gate' || method === 'hold',
      })),
    })),
    ...lazy.map(({ app, cold_ms: cold, replayed_ms: replayed, warm_ms: warm }) => ({
      title: `${app}: the order (gate) on a lazily loaded disk`,
      bars: [
        { label: 'cold', ms: cold, isOurs: false },
        { label: 'replayed', ms: replayed, isOurs: true },
        { label: 'warm', ms: warm, isOurs: false },
      ],
    })),
  ];
  const decades = scaleOf(groups.flatMap(({ bars }) => bars.map(({ ms }) => ms)));
  const x = (ms: number): number =>
    labelWidth + (chartWidth * (Math.log10(ms) - decades.from)) / (decades.to - decades.from);
  let y = top;
  const parts: string[] = [];
  for (const { title, bars } of groups) {
    parts.push(`<text class="title" x="0" y="${y + 4}">${escape(title)}</text>`);
    y += 12;
    for (const bar of bars) {
      parts.push(row(bar, y, x));
      y += rowHeight;
    }
    y += groupGap;
  }
  const height = y;
  const width = labelWidth + chartWidth + valueWidth;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">
<style>
text { fill: #333 } .title { font-weight: 600; font-size: 12px } .axis { fill: #777 }
.grid { stroke: #ddd } .bar { fill: #9aa5b1 } .ours { fill: #1f7a4d }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .axis { fill: #999 } .grid { stroke: #333 } .bar { fill: #66707c } .ours { fill: #4cc38a } }
</style>
<text x="0" y="12">Medians in milliseconds, logarithmic. ${machine.cpus} processors, Linux ${escape(machine.kernel)}, Docker ${escape(machine.docker)}.</text>
${grid(decades, height, x)}
${parts.join('\n')}
</svg>
`;
}

function row({ label, ms, isOurs }: Bar, y: number, x: (ms: number) => number): string {
  const end = x(ms).toFixed(1);
  const bar = `<rect class="${isOurs ? 'ours' : 'bar'}" x="${labelWidth}" y="${y}" width="${(x(ms) - labelWidth).toFixed(1)}" height="${rowHeight - 4}"/>`;
  const text = `<text x="${labelWidth - 6}" y="${y + 10}" text-anchor="end">${escape(label)}</text>`;
  return `${text}${bar}<text x="${end}" dx="4" y="${y + 10}">${ms < 10 ? ms.toFixed(1) : Math.round(ms)}</text>`;
}

function grid(decades: { from: number; to: number }, height: number, x: (ms: number) => number): string {
  const lines: string[] = [];
  for (let power = decades.from; power <= decades.to; power++) {
    const at = x(10 ** power).toFixed(1);
    lines.push(
      `<line class="grid" x1="${at}" x2="${at}" y1="${top - 16}" y2="${height - groupGap}"/><text class="axis" x="${at}" y="${top - 20}" text-anchor="middle">${10 ** power} ms</text>`,
    );
  }
  return lines.join('\n');
}

function scaleOf(values: readonly number[]): { from: number; to: number } {
  return {
    from: Math.floor(Math.log10(Math.min(...values))),
    to: Math.ceil(Math.log10(Math.max(...values))),
  };
}

function byApp<T extends { app: string }>(rows: readonly T[]): [string, T[]][] {
  return [...new Set(rows.map(({ app }) => app))].map((app) => [app, rows.filter((row) => row.app === app)]);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
