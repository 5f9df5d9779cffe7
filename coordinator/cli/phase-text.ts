import { fitted, printable, time } from '../insight/format.ts';
import type { Phase } from '../insight/phases.ts';
import { coloured } from './colours.ts';

const nameWidth = 40;
/** Parts that get a line of their own. The rest share one. */
const maxParts = 8;

/** Shows where the wall time of a phase went: a line for each step, the longest first. The lines add up to the phase. */
export function phaseText(
  { name, assignmentRole, wallMs, parts }: Phase,
  columns: number,
  isFine: boolean,
): string {
  const barWidth = Math.max(10, columns - nameWidth - 20);
  const told = parts.slice(0, maxParts);
  const rest = parts.slice(maxParts);
  const others = { step: `(${rest.length} more)`, ms: rest.reduce((sum, { ms }) => sum + ms, 0) };
  const lines = [...told, ...(rest.length === 0 ? [] : [others])].map(({ step, ms }) => {
    const share = ms / Math.max(1e-6, wallMs);
    const label = fitted(printable(step === '' ? '(no step)' : step), nameWidth);
    const cells = Math.max(share < 0.005 ? 0 : 1, Math.round(share * barWidth));
    const bar = cells === 0 ? '' : coloured('#'.repeat(cells), step, isFine);
    const percent = `${(share * 100).toFixed(0)} %`;
    return `  ${label} ${time(ms).padStart(9)} ${percent.padStart(5)} ${bar}`.trimEnd();
  });
  const title = name === 'assignment' ? `THE ASSIGNMENT TO ${printable(assignmentRole)}` : 'UNTIL READY';
  return `${title}: ${time(wallMs)}\n${lines.join('\n')}\n`;
}
