/** An entry of an archive that is made by hand. */
export interface MadeEntry {
  path: string;
  content?: string | Buffer;
  /** Of a link: symbolic, or hard. */
  symlink?: string;
  hardlink?: string;
  isDirectory?: boolean;
  /** Major and minor number. */
  device?: [number, number];
  mode?: number;
  /** Type of the entry where that is none of these. */
  flag?: string;
  /** Records of an extended header. */
  pax?: Readonly<Record<string, string>>;
}

/** An archive with its entries in that order, also one that the system's tar would not make. */
export function archiveOf(...entries: readonly MadeEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf(entry: MadeEntry): Buffer[] {
  const { content = '', pax } = entry;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const extended =
    pax === undefined ? [] : blocksOfContent(headerOf({ path: 'pax' }, 'x', paxOf(pax)), paxOf(pax));
  return [...extended, ...blocksOfContent(headerOf(entry, flagOf(entry), bytes), bytes)];
}

function flagOf({ symlink, hardlink, isDirectory, device, flag }: MadeEntry): string {
  if (flag !== undefined) return flag;
  if (symlink !== undefined) return '2';
  if (hardlink !== undefined) return '1';
  if (device !== undefined) return '3';
  return isDirectory === true ? '5' : '0';
}

function blocksOfContent(header: Buffer, content: Buffer): Buffer[] {
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

function headerOf(entry: MadeEntry, flag: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void =>
    void header.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  header.write(entry.path, 0, 100);
  octal(entry.mode ?? (entry.isDirectory === true ? 0o755 : 0o644), 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(1_700_000_000, 136, 12);
  header.write('        ', 148, 'latin1');
  header.write(flag, 156, 'latin1');
  header.write(entry.symlink ?? entry.hardlink ?? '', 157, 100);
  header.write('ustar\u000000', 257, 'latin1');
  octal(entry.device?.[0] ?? 0, 329, 8);
  octal(entry.device?.[1] ?? 0, 337, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function paxOf(records: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    const length = [1, 2, 3, 4]
      .map((digits) => rest + digits)
      .find((all, index) => String(all).length === index + 1);
    return `${length} ${key}=${value}\n`;
  });
  return Buffer.from(lines.join(''));
}
