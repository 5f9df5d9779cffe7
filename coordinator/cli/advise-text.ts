import type { Advice } from '../insight/advise.ts';
import { bytes, printable, table, time } from '../insight/format.ts';

/** Layers that are listed for each image. */
const maxLayers = 5;
const day = 86_400_000;

interface Asked {
  nowMs: number;
  days: number;
  instances: number;
  patch: string | undefined;
}

/** Formats the output of `parbake advise`. */
export function adviceText({ bake, baked, savedMs, sinceMs }: Advice, asked: Asked): string {
  const { nowMs, days, instances, patch } = asked;
  const candidates = bake.map((each) => [
    each.ref,
    `${each.instances}`,
    time(each.savedMs),
    bytes(each.addedBytes),
    `${time(each.msPerGib)}/GiB`,
    each.fits ? '' : 'over budget',
  ]);
  const layers = bake.flatMap(({ ref, layers: all }) => [
    `${printable(ref)}\n`,
    ...all.slice(0, maxLayers).map(({ digest, bytes: size, savedMs: saved, sharedWith }) => {
      const shared = sharedWith.length === 0 ? '' : `  also in ${printable(sharedWith.join(', '))}`;
      const name = printable(digest.replace('sha256:', '')).slice(0, 12).padEnd(12);
      return `  ${name} ${bytes(size).padStart(9)} ${time(saved).padStart(9)}${shared}\n`;
    }),
    ...(all.length > maxLayers ? [`  … and ${all.length - maxLayers} more layers\n`] : []),
  ]);
  const known = baked.map(({ ref, sizeBytes, bakedMs, lastUsedMs, isUnused }) => [
    ref,
    bytes(sizeBytes),
    age(nowMs - bakedMs),
    lastUsedMs === undefined ? 'never' : age(nowMs - lastUsedMs),
    isUnused ? `unused for ${days} days` : '',
  ]);
  const remembered =
    sinceMs === undefined || nowMs - sinceMs > days * day
      ? ''
      : `What is remembered goes back ${age(nowMs - sinceMs).replace(' ago', '')} only: take "unused" with care.\n`;
  const none = `${instances} instances were asked, and none pulled an image for itself in the last week.\n`;
  return [
    candidates.length === 0
      ? none
      : table(['BAKE NEXT', 'INSTANCES', 'PULLED FOR', 'ADDS', 'SAVES', ''], candidates),
    candidates.length === 0 ? '' : `LAYERS, most worth first\n${layers.join('')}`,
    savedMs === 0 ? '' : `Baked, this would have saved ${time(savedMs)} of pulling in the last week.\n`,
    known.length === 0 ? '' : table(['BAKED', 'SIZE', 'WHEN', 'LAST USED', ''], known),
    known.some(([, , , , unused]) => unused !== '') ? remembered : '',
    patch === undefined ? '' : patch || 'The recipe needs no change.\n',
  ]
    .filter((section) => section !== '')
    .join('\n');
}

function age(ms: number): string {
  return ms < 2 * day ? `${time(Math.max(0, ms))} ago` : `${Math.floor(ms / day)} days ago`;
}
