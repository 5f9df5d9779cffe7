import type { Node } from 'yaml';
import { type WrittenRef } from './formats.ts';
import { localName, isFloating, type ImageRef } from './image-ref.ts';
import type { ImageKeys } from './keys.ts';
import type { Read, SectionReader } from './section.ts';
import { parseSigningKey, type SigningKey } from './signing-key.ts';
import type { RecipeSource } from './source.ts';
import type { Warning } from './warning.ts';

export interface RecipeImage {
  /** As the recipe has it, variables filled in; without the digest when it also has a tag. */
  ref: string;
  image: ImageRef;
  /** The registry must have exactly this one. */
  digest?: string;
  /** `os/architecture[/variant]`; absent means the Engine's own. */
  platform?: string;
  /** It must be signed by this key. */
  signingKey?: SigningKey;
  /** It is not baked: each instance pulls it while it prepares, as its digest was at the bake. */
  atBoot?: true;
}

/** Where what was read of the images goes. */
interface Readings {
  images: RecipeImage[];
  warnings: Warning[];
}

/** The images a role may name. */
export interface ImageList {
  /** The listed reference of an image, by the name under which the Engine finds it. */
  refs: Map<string, string>;
  /** False when an entry could not be read, so that "not listed" cannot be said of any. */
  complete: boolean;
}

/** Gives a file that a recipe names, by its path relative to the recipe. */
export type ReadBeside = (path: string) => { ok: true; text: string } | { ok: false; reason: string };

type ImageItem =
  | { shape: 'text'; value: WrittenRef }
  | { shape: 'mapping'; value: SectionReader<ImageKeys> }
  | { shape: 'list'; value: unknown };

/** @param isWhole whether every item of the list could be read */
export function readImages(
  source: RecipeSource,
  items: readonly Read<ImageItem>[],
  isWhole: boolean,
  file: string,
  recipe: Readings,
  beside: ReadBeside,
): ImageList {
  const list: ImageList = { refs: new Map(), complete: isWhole };
  for (const { value, node } of items) {
    const image = readImage(source, value, node, beside);
    if (image === undefined) {
      list.complete = false;
      continue;
    }
    const name = localName(image.image);
    if (list.refs.has(name)) {
      source.problem(node, `image ${name} is listed twice`);
      continue;
    }
    list.refs.set(name, image.ref);
    recipe.images.push(image);
    if (image.digest === undefined && isFloating(image.image)) {
      const { line, column } = source.position(node);
      recipe.warnings.push({
        code: 'IMAGE_UNPINNED',
        message: `${file}:${line}:${column}: ${image.ref} is whatever the registry calls latest; name a version or a digest`,
      });
    }
  }
  return list;
}

function readImage(
  source: RecipeSource,
  item: ImageItem,
  node: Node,
  beside: ReadBeside,
): RecipeImage | undefined {
  if (item.shape === 'list') return undefined;
  if (item.shape === 'text') return toImage(source, item.value, undefined, node);
  const section = item.value;
  const keyPath = section.read('cosign_key');
  const signingKey =
    keyPath === undefined ? undefined : readSigningKey(source, keyPath, section.place('cosign_key'), beside);
  const written = section.read('ref');
  if (written === undefined) return undefined;
  const image = toImage(source, written, section.read('digest'), section.place('digest'));
  const platform = section.read('platform');
  if (image === undefined) return undefined;
  if (platform !== undefined) image.platform = platform;
  if (signingKey !== undefined) image.signingKey = signingKey;
  if (section.read('bake') === false) image.atBoot = true;
  return image;
}

function readSigningKey(
  source: RecipeSource,
  path: string,
  node: Node,
  beside: ReadBeside,
): SigningKey | undefined {
  const file = beside(path);
  if (!file.ok) return source.problem(node, `the key ${path} cannot be read: ${file.reason}`);
  const parsed = parseSigningKey(file.text);
  return parsed.ok
    ? parsed.key
    : source.problem(node, `${path} is not a valid signing key: ${parsed.reason}`);
}

/** @param pin the digest beside the reference */
function toImage(
  source: RecipeSource,
  { text, ref: image }: WrittenRef,
  pin: string | undefined,
  pinNode: Node,
): RecipeImage | undefined {
  if (pin !== undefined && image.digest !== undefined && pin !== image.digest)
    return source.problem(pinNode, `the digest differs from the one in ref, ${image.digest}`);
  const digest = pin ?? image.digest;
  const result: RecipeImage = { ref: image.tag === undefined ? text : text.replace(/@.*$/, ''), image };
  if (digest !== undefined) result.digest = digest;
  return result;
}
