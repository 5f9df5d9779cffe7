import type { ImageRef } from './image-ref.ts';
import type { SigningKey } from './signing-key.ts';
import type { RecipeSource, Entry } from './source.ts';
import type { Node } from 'yaml';
import { localName, isFloating, parseImageRef, digestProblem } from './image-ref.ts';
import { parseSigningKey } from './signing-key.ts';
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

export function readImages(
  source: RecipeSource,
  node: Node | undefined,
  file: string,
  recipe: Readings,
  beside: ReadBeside,
): ImageList {
  const list: ImageList = { refs: new Map(), complete: true };
  if (node === undefined) source.problem(source.root, 'images is missing: a list of what to bake');
  const items = node === undefined ? undefined : source.sequence(node, 'images');
  if (items?.length === 0) source.problem(node, 'images is empty');
  for (const item of items ?? []) {
    const image = readImage(source, item, beside);
    if (image === undefined) {
      list.complete = false;
      continue;
    }
    const name = localName(image.image);
    if (list.refs.has(name)) {
      source.problem(item, `image ${name} is listed twice`);
      continue;
    }
    list.refs.set(name, image.ref);
    recipe.images.push(image);
    if (image.digest === undefined && isFloating(image.image)) {
      const { line, column } = source.position(item);
      recipe.warnings.push({
        code: 'IMAGE_UNPINNED',
        message: `${file}:${line}:${column}: ${image.ref} is whatever the registry calls latest; name a version or a digest`,
      });
    }
  }
  if (items === undefined) list.complete = false;
  return list;
}

function readImage(source: RecipeSource, node: Node, beside: ReadBeside): RecipeImage | undefined {
  if (!source.isMapping(node)) return toImage(source, node, undefined, undefined);
  const entries = source.mapping(node, 'the image', ['ref', 'digest', 'platform', 'cosign_key', 'bake']);
  const ref = entries?.get('ref')?.value;
  if (ref === undefined) {
    source.problem(node, 'the image has no ref');
    return undefined;
  }
  const image = toImage(source, ref, entries?.get('digest')?.value, entries?.get('platform')?.value);
  const keyed = entries?.get('cosign_key');
  const signingKey = keyed === undefined ? undefined : readSigningKey(source, keyed, beside);
  const bake = entries?.get('bake');
  const isBaked = bake === undefined || (source.boolean(bake.value ?? bake.keyNode, 'bake') ?? true);
  if (image === undefined) return undefined;
  return {
    ...image,
    ...(signingKey === undefined ? {} : { signingKey }),
    ...(isBaked ? {} : { atBoot: true }),
  };
}

function readSigningKey(
  source: RecipeSource,
  { value, keyNode }: Entry,
  beside: ReadBeside,
): SigningKey | undefined {
  const node = value ?? keyNode;
  const path = value === undefined ? '' : source.text(value, 'cosign_key');
  if (path === undefined) return undefined;
  if (path === '') {
    source.problem(node, 'cosign_key is empty; name a file with a public key, or leave it out');
    return undefined;
  }
  const file = beside(path);
  if (!file.ok) {
    source.problem(node, `the key ${path} cannot be read: ${file.reason}`);
    return undefined;
  }
  const parsed = parseSigningKey(file.text);
  if (parsed.ok) return parsed.key;
  source.problem(node, `${path} is no key for signatures: ${parsed.reason}`);
  return undefined;
}

function toImage(
  source: RecipeSource,
  refNode: Node,
  digestNode: Node | undefined,
  platformNode: Node | undefined,
): RecipeImage | undefined {
  const before = source.problems.length;
  const text = source.text(refNode, 'an image');
  const parsed = text === undefined ? undefined : parseImageRef(text);
  if (parsed?.ok === false)
    source.problem(refNode, `"${text ?? ''}" is not an image reference: ${parsed.reason}`);
  const pin = digestNode === undefined ? undefined : readDigest(source, digestNode);
  const platform = platformNode === undefined ? undefined : readPlatform(source, platformNode);
  if (text === undefined || parsed?.ok !== true || source.problems.length > before) return undefined;
  const { ref: image } = parsed;
  if (pin !== undefined && image.digest !== undefined && pin !== image.digest) {
    source.problem(digestNode, `the digest differs from the one in ref, ${image.digest}`);
    return undefined;
  }
  const digest = pin ?? image.digest;
  return {
    ref: image.tag === undefined ? text : text.replace(/@.*$/, ''),
    image,
    ...(digest === undefined ? {} : { digest }),
    ...(platform === undefined ? {} : { platform }),
  };
}

function readDigest(source: RecipeSource, node: Node): string | undefined {
  const digest = source.text(node, 'digest');
  const reason = digest === undefined ? undefined : digestProblem(digest);
  if (reason !== undefined) source.problem(node, reason);
  return digest;
}

function readPlatform(source: RecipeSource, node: Node): string | undefined {
  const platform = source.text(node, 'platform');
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/.test(platform))
    source.problem(node, `"${platform}" is not a platform such as linux/amd64 or linux/arm/v7`);
  return platform;
}
