import { ParbakeError } from '../../errors/errors.ts';

export interface Bounds {
  min?: number;
  max?: number;
}

/** Bytes of each unit. As in Docker and systemd, every unit is a power of 1024. */
const bytesPer = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };
export type SizeUnit = keyof typeof bytesPer;

/** Milliseconds of each unit. */
const millisecondsPer = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export type TimeUnit = keyof typeof millisecondsPer;

/** @param name for the error, such as `--parallel`. @throws ParbakeError USAGE */
export function wholeNumber(name: string, text: string, { min = 0, max }: Bounds): number {
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < min || (max !== undefined && value > max))
    throw new ParbakeError('USAGE', `${name} takes a whole number ${range(min, max)}, not "${text}"`);
  return value;
}

/**
 * @param text such as `16M`, `1GiB` or `1.5g`. @param bare the unit of a number alone
 * @returns bytes. @throws ParbakeError USAGE
 */
export function sizeIn(name: string, text: string, bare: SizeUnit, { min = 0, max }: Bounds): number {
  const [, count = '', letter = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  const unit = letter === '' ? (/b$/i.test(text) ? 'B' : bare) : (`${letter.toUpperCase()}iB` as SizeUnit);
  const bytes = Math.round(Number(count) * bytesPer[unit]);
  if (count === '' || bytes < min || (max !== undefined && bytes > max))
    throw new ParbakeError(
      'USAGE',
      `${name} takes a size ${range(min, max, sizeText)} such as 500M or 20GiB, not "${text}"`,
    );
  return bytes;
}

/**
 * @param text such as `250ms`, `30s`, `5m`, `2h` or `7d`. @param bare the unit of a number alone
 * @returns milliseconds. @throws ParbakeError USAGE
 */
export function durationIn(name: string, text: string, bare: TimeUnit, { min = 0, max }: Bounds): number {
  const [, count = '', unit = bare] = /^(\d{1,12}(?:\.\d{1,6})?) ?(ms|s|m|h|d)?$/.exec(text) ?? [];
  const ms = Number(count) * millisecondsPer[unit as TimeUnit];
  if (count === '' || ms < min || (max !== undefined && ms > max))
    throw new ParbakeError(
      'USAGE',
      `${name} takes a duration ${range(min, max, durationText)} such as 30s, 5m or 2h, not "${text}"`,
    );
  return ms;
}

/** @param text an ISO 8601 time with its zone. @returns milliseconds since the epoch. @throws ParbakeError USAGE */
export function instantIn(name: string, text: string): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = isTime ? Date.parse(text) : NaN;
  if (Number.isNaN(ms))
    throw new ParbakeError('USAGE', `${name} takes a time such as 2026-11-21T14:03:00Z, not "${text}"`);
  return ms;
}

export function sizeText(bytes: number): string {
  return inLargest(bytes, bytesPer);
}

export function durationText(ms: number): string {
  return inLargest(ms, millisecondsPer);
}

/** Writes an amount in the largest unit that leaves no fraction. */
function inLargest(amount: number, units: Readonly<Record<string, number>>): string {
  const [unit = '', per = 1] =
    Object.entries(units).findLast(([, each]) => amount >= each && amount % each === 0) ??
    Object.entries(units)[0] ??
    [];
  return `${amount / per}${unit}`;
}

function range(min: number, max: number | undefined, textOf: (value: number) => string = String): string {
  return max === undefined ? `from ${textOf(min)}` : `from ${textOf(min)} to ${textOf(max)}`;
}
