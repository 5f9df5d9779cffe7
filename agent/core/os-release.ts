/** What a system says of itself; what it does not say is absent. */
export interface SystemRelease {
  /** Such as `debian`. */
  id?: string;
  versionId?: string;
  /** For people, such as `Debian GNU/Linux 12 (bookworm)`. */
  name?: string;
  /** Of the image that the system was installed from. */
  imageId?: string;
  imageVersion?: string;
}

const keys = {
  ID: 'id',
  VERSION_ID: 'versionId',
  PRETTY_NAME: 'name',
  IMAGE_ID: 'imageId',
  IMAGE_VERSION: 'imageVersion',
} as const satisfies Record<string, keyof SystemRelease>;

/** @param text of os-release(5): assignments as a shell reads them; broken lines count as not there */
export function parseOsRelease(text: string): SystemRelease {
  const release: SystemRelease = {};
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^\s*([A-Z_]+)=(.*?)\s*$/.exec(line) ?? [];
    if (!Object.hasOwn(keys, name)) continue;
    const key = keys[name as keyof typeof keys];
    const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
    const plain = (quoted ?? value).replaceAll(/\\(.)/g, '$1');
    if (plain !== '') release[key] = plain;
  }
  return release;
}
