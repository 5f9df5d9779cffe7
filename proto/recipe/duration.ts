const part = /(\d+(?:\.\d+)?)(us|ms|s|m|h)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;
const milliseconds: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration in Compose's format, such as `90s` or `1m30s`. @returns milliseconds; undefined when it is not one */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let sum = 0;
  for (const [, count = '', unit = ''] of text.matchAll(part))
    sum += Number(count) * (milliseconds[unit] ?? 0);
  return sum;
}
