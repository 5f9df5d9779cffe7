import type { Span__Output } from '../../proto/gen/parbake/v1/Span.ts';
import { printable, time } from './format.ts';

type Drawn = Pick<Span__Output, 'spanId' | 'parentId' | 'name' | 'startUnixNs' | 'endUnixNs'>;

const nameWidth = 22;
const figureWidth = 10;

/**
 * A span a line: name, start, duration, and a bar on an axis that all lines of a group share. A root span with its
 * children is a group of its own, so that a long boot does not hide a short assignment.
 * @param width columns of the terminal
 */
export function waterfall(spans: readonly Drawn[], width: number): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentId }) => parentId === '' || !ids.has(parentId)).sort(byStart);
  const barWidth = Math.max(10, width - nameWidth - 2 * figureWidth - 3);
  return roots
    .map((root) => {
      const children = spans.filter(({ parentId }) => parentId === root.spanId).sort(byStart);
      return [root, ...children].map((span) => line(span, root, barWidth)).join('');
    })
    .join('');
}

function line(span: Drawn, root: Drawn, barWidth: number): string {
  const total = Math.max(1, root.endUnixNs - root.startUnixNs);
  const offset = span.startUnixNs - root.startUnixNs;
  const length = span.endUnixNs - span.startUnixNs;
  const from = Math.min(barWidth - 1, Math.max(0, Math.floor((offset / total) * barWidth)));
  const cells = Math.min(barWidth - from, Math.max(1, Math.round((length / total) * barWidth)));
  const name = printable(span === root ? span.name : `  ${span.name}`).slice(0, nameWidth);
  const start = span === root ? '' : `+${time(offset / 1e6)}`;
  const bar = `${' '.repeat(from)}${'#'.repeat(cells)}`;
  return `${name.padEnd(nameWidth)} ${start.padStart(figureWidth)} ${time(length / 1e6).padStart(figureWidth)} ${bar}\n`;
}

function byStart(a: Drawn, b: Drawn): number {
  return a.startUnixNs - b.startUnixNs;
}
