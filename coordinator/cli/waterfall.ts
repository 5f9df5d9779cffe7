import { spanTrees, type SpanNode, type TimelineSpan } from '../insight/timeline.ts';
import { fitted, printable, time } from '../insight/format.ts';
import { coloured } from './colours.ts';

const nameWidth = 29;
const figureWidth = 10;
/** The share of a span's duration from which time that no step accounts for gets a line. */
const worthTelling = 0.02;
/** Lines below one root. Further spans are counted. */
const maxLines = 60;

/**
 * Draws a line for each span: name, start, duration, and a bar on an axis that all lines of a group share. Each root span
 * begins a group, so that a long boot does not hide a short assignment. Time that no step accounts for has a line, too.
 * @param width columns of the terminal
 * @param isFine whether it can show colours
 */
export function waterfall(spans: readonly TimelineSpan[], width: number, isFine = false): string {
  const barWidth = Math.max(10, width - nameWidth - 2 * figureWidth - 3);
  return spanTrees(spans)
    .map((root) => {
      const [first = '', ...below] = linesOf(root, root, { barWidth, isFine });
      const more = below.length - maxLines;
      return [first, ...below.slice(0, maxLines), ...(more > 0 ? [`  … and ${more} more\n`] : [])].join('');
    })
    .join('');
}

interface Drawing {
  barWidth: number;
  isFine: boolean;
}

function linesOf(node: SpanNode, root: SpanNode, drawing: Drawing): string[] {
  const below = node.children.flatMap((child) => linesOf(child, root, drawing));
  return [line(node, root, drawing), ...below, ...gap(node)];
}

function line({ span, depth, durationMs }: SpanNode, root: SpanNode, { barWidth, isFine }: Drawing): string {
  const total = Math.max(1e-6, root.durationMs);
  const offset = (span.startUnixNs - root.span.startUnixNs) / 1e6;
  const from = Math.min(barWidth - 1, Math.max(0, Math.floor((offset / total) * barWidth)));
  const to = Math.min(barWidth, Math.floor(((offset + durationMs) / total) * barWidth + 1e-9));
  const cells = Math.max(1, to - from);
  const isRunning = span.endUnixNs === 0;
  const start = depth === 0 ? '' : `+${time(Math.max(0, offset))}`;
  const bar = `${' '.repeat(from)}${coloured(isRunning ? '>' : '#'.repeat(cells), span.name, isFine)}`;
  const length = isRunning ? 'running' : time(durationMs);
  return `${nameOf(labelOf(span), depth)} ${start.padStart(figureWidth)} ${length.padStart(figureWidth)} ${bar}\n`;
}

function gap({ depth, durationMs, gapMs }: SpanNode): string[] {
  if (gapMs === 0 || gapMs < durationMs * worthTelling) return [];
  return [
    `${nameOf('(between steps)', depth + 1)} ${''.padStart(figureWidth)} ${time(gapMs).padStart(figureWidth)}\n`,
  ];
}

function labelOf({ name, attributes }: TimelineSpan): string {
  const what = attributes['container.name'] ?? attributes['image'];
  return what === undefined ? name : `${name} ${what}`;
}

function nameOf(name: string, depth: number): string {
  return fitted(printable(`${'  '.repeat(depth)}${name}`), nameWidth);
}
