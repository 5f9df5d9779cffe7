/**
 * How long a server asks to wait, in milliseconds: `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3).
 * @param now milliseconds since the epoch
 * @returns undefined when it does not say, or not so that it can be understood
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
