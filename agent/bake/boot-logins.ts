import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecipeImage } from '../../proto/recipe/images.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { Root } from '../host/root.ts';
import type { RegistryLogins } from '../images/logins.ts';

/**
 * Warns of images that instances pull at boot with a login or a certificate that only the builder has. The first instance would
 * find out otherwise.
 */
export async function bootLoginWarnings(
  images: readonly RecipeImage[],
  root: Root,
  logins: Pick<RegistryLogins, 'ending'>,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const { ref, image, atBoot } of images) {
    if (atBoot !== true) continue;
    const { domain } = image;
    const source = logins.ending().get(domain);
    if (source !== undefined)
      warnings.push({
        code: 'LOGIN_NOT_ON_INSTANCES',
        message: `${ref} is pulled at boot, but the login for ${domain} comes from ${source} and does not outlive the scrub: name a credential helper for ${domain} in /root/.docker/config.json (credHelpers), whose name stays, or bake the image`,
      });
    const folder = join('/etc/docker/certs.d', domain);
    const names = await readdir(root.path(folder)).catch(() => []);
    if (names.some((name) => name.endsWith('.key')))
      warnings.push({
        code: 'LOGIN_NOT_ON_INSTANCES',
        message: `${ref} is pulled at boot, but the scrub removes the client certificate in ${folder}: put one there at boot, before parbake-agent starts, or bake the image`,
      });
  }
  return warnings;
}
