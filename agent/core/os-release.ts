/** The fields of os-release that Parbake uses; a missing field is absent. */
export interface SystemRelease {
  /** Such as `debian`. */
  id?: string;
  versionId?: string;
  /** For people, such as `Debian GNU/Linux 12 (bookworm)`. */
  name?: string;
  /** Id of the image that the system was installed from. */
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

/** @param text the content of os-release(5): assignments as a shell reads them. Broken lines are ignored */
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
