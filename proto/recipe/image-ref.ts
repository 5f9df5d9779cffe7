/**
 * References to images, by the grammar of the OCI distribution project's `reference` rules:
 * `[domain/]path[:tag][@digest]`. Docker's familiar short names stand for docker.io, as everywhere.
 */
export interface ImageRef {
  /** Registry host with an optional port; `docker.io` when the text names none. */
  domain: string;
  /** Repository within the registry, with `library/` where Docker Hub implies it. */
  path: string;
  tag?: string | undefined;
  /** `sha256:` and 64 hex digits, or another registered algorithm. */
  digest?: string | undefined;
}

/** An illegal reference is a value, so that a recipe's mistakes can be collected. */
export type ParsedRef = { ok: true; ref: ImageRef } | { ok: false; reason: string };

const hub = 'docker.io';
const hubLibrary = 'library/';
const maxNameLength = 255;

const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainSource = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const domainPattern = new RegExp(`^${domainSource}$`);
const componentSource = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const componentPattern = new RegExp(`^${componentSource}$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const hexLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** The form of a reference, for editors; `parseImageRef` decides. */
export const imageRefPattern = new RegExp(
  `^(?:(?:${domainSource})/)?${componentSource}(?:/${componentSource})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z0-9_+.-]+:[0-9a-f]{64,128})?$`,
);

export function parseImageRef(text: string): ParsedRef {
  if (text === '') return refuse('it is empty');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined) {
    const reason = digestProblem(digest);
    if (reason !== undefined) return refuse(reason);
  }
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return refuse(`"${tag}" is not a tag`);
  const split = splitDomain(hasTag ? named.slice(0, colon) : named);
  const reason = nameProblem(split.domain, split.path);
  if (reason !== undefined) return refuse(reason);
  return {
    ok: true,
    ref: { ...split, tag, digest },
  };
}

/** @returns why a text is not a digest; undefined when it is one */
export function digestProblem(text: string): string | undefined {
  if (!digestPattern.test(text)) return `"${text}" is not a digest, which looks like sha256:…`;
  const [algorithm = '', hex = ''] = text.split(':');
  const length = hexLengths[algorithm];
  if (length === undefined) return `"${algorithm}" is not a known digest algorithm`;
  if (!/^[0-9a-f]+$/.test(hex) || hex.length !== length)
    return `a ${algorithm} digest has ${length} lower-case hex digits`;
  return undefined;
}

/** Domain and path in full: `docker.io/library/redis`. */
export function fullName(ref: ImageRef): string {
  return `${ref.domain}/${ref.path}`;
}

/** The name as Docker shows it: `redis`, `google/cadvisor`, `registry.example.com/app`. */
export function familiarName(ref: ImageRef): string {
  // A first component that looks like a host would be taken for one.
  if (ref.domain !== hub || hostOf(ref.path) !== undefined) return fullName(ref);
  if (!ref.path.startsWith(hubLibrary)) return ref.path;
  const short = ref.path.slice(hubLibrary.length);
  // A second component would be taken for a repository of its own without the prefix.
  return short.includes('/') ? ref.path : short;
}

/** The tag that the reference means: `latest` when it has neither tag nor digest. */
export function impliedTag(ref: ImageRef): string | undefined {
  return ref.tag ?? (ref.digest === undefined ? 'latest' : undefined);
}

/**
 * The one name under which the image is found on the Engine: `name:tag`, or `name@digest` without a tag.
 * Two references are the same image for a recipe when this is equal.
 */
export function localName(ref: ImageRef): string {
  const tag = impliedTag(ref);
  return tag === undefined ? `${familiarName(ref)}@${ref.digest ?? ''}` : `${familiarName(ref)}:${tag}`;
}

/** True when only the registry decides which image it is from day to day. */
export function isFloating(ref: ImageRef): boolean {
  return ref.digest === undefined && (ref.tag ?? 'latest') === 'latest';
}

/** Writes the reference in full: parsing it gives the same reference again. */
export function formatRef(ref: ImageRef): string {
  const tag = ref.tag === undefined ? '' : `:${ref.tag}`;
  const digest = ref.digest === undefined ? '' : `@${ref.digest}`;
  return `${fullName(ref)}${tag}${digest}`;
}

function refuse(reason: string): ParsedRef {
  return { ok: false, reason };
}

/** The first component, if it cannot be a user's name on Docker Hub. */
function hostOf(name: string): string | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost =
    first.includes('.') || first.includes(':') || first === 'localhost' || first !== first.toLowerCase();
  return isHost ? first : undefined;
}

function splitDomain(name: string): { domain: string; path: string } {
  const host = hostOf(name);
  const domain = host ?? hub;
  const path = host === undefined ? name : name.slice(host.length + 1);
  if (domain !== hub && domain !== `index.${hub}`) return { domain, path };
  return { domain: hub, path: path.includes('/') ? path : `${hubLibrary}${path}` };
}

function nameProblem(domain: string, path: string): string | undefined {
  const short = domain === hub && path.startsWith(hubLibrary) ? path.slice(hubLibrary.length) : path;
  if (short === '') return 'it has no repository name';
  if (!domainPattern.test(domain)) return `"${domain}" is not a registry host`;
  if (`${domain}/${path}`.length > maxNameLength)
    return `its name is longer than ${maxNameLength} characters`;
  if (domain === hub && /^[0-9a-f]{64}$/.test(short))
    return 'it is an image id; name a repository, which a registry can find';
  if (short !== short.toLowerCase()) return 'a repository name is lower-case';
  const wrong = path.split('/').find((component) => !componentPattern.test(component));
  if (wrong === undefined) return undefined;
  return wrong === '' ? 'a part of its name is empty' : `"${wrong}" is not a legal part of a name`;
}
