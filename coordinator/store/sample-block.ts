import type { Sample, SampleFigures } from '../core/sample.ts';

/** Their order is the format's: bit N of a sample's mask says that figure N follows. New ones go to the end. */
const figures = [
  'diskReadBytes',
  'diskWriteBytes',
  'diskReadOperations',
  'diskWriteOperations',
  'networkReceiveBytes',
  'networkTransmitBytes',
  'cpuMs',
  'ioStallMs',
  'memoryBytes',
  'pageCacheBytes',
] as const satisfies readonly (keyof SampleFigures)[];

/** Times are kept in whole microseconds. */
const scales = figures.map((key) => (key === 'cpuMs' || key === 'ioStallMs' ? 1000 : 1));

/** The mask of a sample that has every figure. */
const everything = 2 ** figures.length - 1;
/** Bytes of the longest number, 2^53. */
const longestNumber = 8;
const longestSample = (3 + figures.length) * longestNumber;

/**
 * Samples of one container as bytes: of each the figures that it has (a mask), when it began after the one before, how
 * long it took, and the figures, all as numbers of seven bits a byte, the lowest first. Some 35 bytes for what takes 130
 * as a row with its keys.
 * @param samples by time. Times are kept in microseconds, starts in milliseconds; what is below 0 or above 2^53 is moved
 *   to there
 */
export function encodeSamples(samples: readonly Sample[]): Uint8Array {
  const bytes = new Uint8Array(samples.length * longestSample);
  let at = 0;
  const put = (number: number): void => {
    let left = number >>> 0;
    if (left !== number) left = Math.min(Math.max(Math.round(number), 0), Number.MAX_SAFE_INTEGER);
    for (; left >= 0x8000_0000; left = Math.floor(left / 128)) bytes[at++] = (left % 128) | 128;
    for (; left >= 128; left >>>= 7) bytes[at++] = (left & 127) | 128;
    bytes[at++] = left;
  };
  let before = 0;
  for (const sample of samples) {
    const values = valuesOf(sample);
    put(values.reduce<number>((mask, value, bit) => (value === undefined ? mask : mask | (1 << bit)), 0));
    put(sample.startMs - before);
    put(sample.intervalMs * 1000);
    for (let bit = 0; bit < values.length; bit++) {
      const value = values[bit];
      if (value !== undefined) put(value * (scales[bit] ?? 1));
    }
    before = sample.startMs;
  }
  return bytes.slice(0, at);
}

/** Names each figure: going through `figures` takes five times as long. */
function valuesOf(sample: Sample): (number | undefined)[] {
  return [
    sample.diskReadBytes,
    sample.diskWriteBytes,
    sample.diskReadOperations,
    sample.diskWriteOperations,
    sample.networkReceiveBytes,
    sample.networkTransmitBytes,
    sample.cpuMs,
    sample.ioStallMs,
    sample.memoryBytes,
    sample.pageCacheBytes,
  ];
}

/** @param bytes from `encodeSamples`. @param container whose they are */
export function decodeSamples(bytes: Uint8Array, container: string): Sample[] {
  let at = 0;
  const take = (): number => {
    let byte = bytes[at++] ?? 0;
    let number = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = bytes[at++] ?? 0;
      number += (byte & 127) * scale;
    }
    return number;
  };
  const samples: Sample[] = [];
  for (let startMs = 0; at < bytes.length;) {
    const mask = take();
    startMs += take();
    const intervalMs = take() / 1000;
    samples.push(
      mask === everything
        ? wholeSample(container, startMs, intervalMs, take)
        : partOfSample({ container, startMs, intervalMs }, mask, take),
    );
  }
  return samples;
}

/** In the order of `figures`, each by its name: most samples have them all. */
function wholeSample(container: string, startMs: number, intervalMs: number, take: () => number): Sample {
  return {
    container,
    startMs,
    intervalMs,
    diskReadBytes: take(),
    diskWriteBytes: take(),
    diskReadOperations: take(),
    diskWriteOperations: take(),
    networkReceiveBytes: take(),
    networkTransmitBytes: take(),
    cpuMs: take() / 1000,
    ioStallMs: take() / 1000,
    memoryBytes: take(),
    pageCacheBytes: take(),
  };
}

function partOfSample(sample: Sample, mask: number, take: () => number): Sample {
  for (const [bit, key] of figures.entries())
    if ((mask & (1 << bit)) !== 0) sample[key] = take() / (scales[bit] ?? 1);
  return sample;
}
