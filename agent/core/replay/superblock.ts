/** The file system on a device. */
export interface FileSystemIdentity {
  type: 'ext' | 'xfs';
  /** In the spelling of `blkid`. */
  uuid: string;
}

/** Number of bytes that `fileSystemIdentity` needs from the start of a device. */
export const superblockBytes = 4096;

/**
 * Reads the superblock itself, since neither udev nor a helper program may be running this early in the boot.
 * @returns undefined for a file system that is neither ext2, ext3, ext4 nor XFS
 */
export function fileSystemIdentity(start: Uint8Array): FileSystemIdentity | undefined {
  if (start.length < superblockBytes) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  // ext: its superblock is at 1024, the magic number at 56 and the UUID at 104 in it.
  if (view.getUint16(1024 + 56, true) === 0xef53) return { type: 'ext', uuid: uuidAt(start, 1024 + 104) };
  // XFS: the superblock is at 0 and begins with "XFSB"; the UUID is at 32.
  if (view.getUint32(0) === 0x58465342) return { type: 'xfs', uuid: uuidAt(start, 32) };
  return undefined;
}

function uuidAt(bytes: Uint8Array, offset: number): string {
  const hex = [...bytes.subarray(offset, offset + 16)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
