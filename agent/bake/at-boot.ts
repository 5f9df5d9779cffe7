import type { BootImage } from '../core/manifest.ts';
import { familiarName, impliedTag } from '../core/image-ref.ts';
import type { RecipeImage } from '../core/recipe.ts';
import type { RegistryLogins } from '../core/registry-logins.ts';
import type { ImageEngine } from '../docker/engine.ts';

/**
 * What the recipe leaves to the instances, each with the digest that its tag stands for now, so that clones that boot
 * weeks apart run the same.
 * @throws ParbakeError as the Engine says when a registry does not tell
 */
export async function resolveAtBoot(
  images: readonly RecipeImage[],
  { engine, logins, signal }: { engine: ImageEngine; logins: RegistryLogins; signal: AbortSignal },
): Promise<BootImage[]> {
  const resolved: BootImage[] = [];
  for (const { ref, image, digest: pin, platform, atBoot } of images) {
    if (atBoot !== true) continue;
    const name = `${familiarName(image)}:${impliedTag(image) ?? 'latest'}`;
    const digest = pin ?? (await engine.resolve(name, logins.find(image.domain), signal));
    resolved.push({ ref, digest, ...(platform === undefined ? {} : { platform }) });
  }
  return resolved;
}
