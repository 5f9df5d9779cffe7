/** Makes control characters visible: in names that others chose they would move a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** Formats rows with columns padded to their widest cell, two spaces apart. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map(printable));
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/**
 * Makes a name exactly so wide. Of a long one the first word and the end stay: an image's end tells more than the registry
 * that it begins with.
 */
export function fitted(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width);
  const [head = ''] = /^\s*\S+ /.exec(text) ?? [];
  const room = width - head.length - 1;
  return room < 8 ? `${text.slice(0, width - 1)}…` : `${head}…${text.slice(-room)}`;
}

/** @param ms milliseconds */
export function time(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Says how much an instance's clock differs from ours. */
export function clockText({ offsetMs, uncertaintyMs }: { offsetMs: number; uncertaintyMs: number }): string {
  const side = offsetMs < 0 ? 'ahead of' : 'behind';
  return `${time(Math.abs(offsetMs))} ${side} the coordinator's, to within ${time(uncertaintyMs)}`;
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
  return `${power === 0 ? count : (count / 1000 ** power).toFixed(1)} ${units[power] ?? ''}`;
}

/** Milliseconds below which a rate says more about the clock than about a disk or a network. */
const minRateMs = 10;

/** @returns undefined over a time that is too short for a rate */
export function rate(count: number, ms: number): string | undefined {
  return ms < minRateMs ? undefined : `${bytes(Math.round((count / ms) * 1000))}/s`;
}

/** `INSTANCE_STATE_READY` as `READY`. */
export function stateName(state: string): string {
  return state.replace(/^(INSTANCE_STATE|ASSIGNMENT_STATE|ROUTE_STATE|ROUTE_SCHEME)_/, '');
}
