import type { Removal } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { readRegularText } from '../host/regular-file.ts';

/**
 * Takes the machine's id out of what is written down about a scrub: programs name directories after it, such as the
 * journal's, it is confidential (machine-id(5)), and the manifest stays on every clone.
 */
export async function withoutMachineId(root: Root): Promise<(removals: readonly Removal[]) => Removal[]> {
  const texts = await Promise.all(
    ['/etc/machine-id', '/var/lib/dbus/machine-id'].map((path) =>
      readRegularText(root.path(path)).catch(() => ''),
    ),
  );
  const ids = texts.map((text) => text.trim()).filter((text) => /^[0-9a-f]{32}$/.test(text));
  return (removals) =>
    removals.map(({ path, ...removal }) => ({
      ...removal,
      path: ids.reduce((text, id) => text.replaceAll(id, '<machine-id>'), path),
    }));
}
