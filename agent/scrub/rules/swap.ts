import { readRegularText } from '../../host/regular-file.ts';
import { absent, resolveInRoot } from '../../host/resolve.ts';
import type { Root } from '../../host/root.ts';

/** Swap files that an image's fstab names, as absolute paths. @throws ParbakeError SCRUB_FAILED */
export async function swapFilesOf(root: Root): Promise<string[]> {
  return (await linesOf(root, '/etc/fstab')).flatMap(([device = '', , type]) =>
    type === 'swap' && /^\/(?!dev\/)[^*]+$/.test(device) ? [unescape(device)] : [],
  );
}

/**
 * Says what to do where swap is in use: a file would stay on the disk as long as it is, and a partition has the build's memory. The
 * kernel lists the swap of the whole machine, which is not this image's when the root is a container's or a chroot's.
 * @throws ParbakeError SCRUB_FAILED
 */
export async function swapRefusals(root: Root): Promise<string[]> {
  const [, ...inUse] = await linesOf(root, '/proc/swaps');
  const isMachine = (await resolveInRoot(root, '/run/systemd/system')) !== undefined;
  const refusals: string[] = [];
  for (const [written = '', type] of inUse) {
    const name = unescape(written);
    // Compressed memory is on no disk.
    if (type === 'partition' && isMachine && !name.startsWith('/dev/zram'))
      refusals.push(
        `the build's memory is in the swap partition ${name}: run "swapoff ${name}", overwrite it and run mkswap, or give --keep swap-files`,
      );
    if (type === 'file' && (await resolveInRoot(root, name)) !== undefined)
      refusals.push(
        `the build's memory is in the swap file ${name}: run "swapoff ${name}", or give --keep swap-files`,
      );
  }
  return refusals;
}

/** Returns the fields of each line, comments left out; an empty list when the file does not exist. */
async function linesOf(root: Root, file: string): Promise<string[][]> {
  const place = await resolveInRoot(root, file);
  if (place === undefined) return [];
  const text = await readRegularText(root.path(place)).catch((cause: unknown) => absent(file, cause));
  return (text ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map((line) => line.trim().split(/\s+/));
}

/** Both files write blanks and the like as octal numbers. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
