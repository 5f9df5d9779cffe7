import { parseDuration } from './duration.ts';
import { digestProblem, imageRefPattern, parseImageRef, type ImageRef } from './image-ref.ts';
import { nearest } from './nearest.ts';
import { parseRestart } from './restart.ts';
import type { RestartPolicy } from './role.ts';
import type { Parsed, TextValue } from './value.ts';

/** Names travel in DNS names, labels and container names, so they are DNS labels. */
export function dnsLabel(what: string): TextValue<string> {
  return text(
    'name',
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    (given) =>
      `"${given}" is not a ${what} name: 1 to 63 lower-case letters, digits and hyphens, none at either end`,
  );
}

export const variableName: TextValue<string> = {
  kind: 'text',
  type: 'variable',
  pattern: /^(?!PARBAKE_)[A-Za-z_][A-Za-z0-9_]*$/,
  parse(given) {
    if (given.startsWith('PARBAKE_')) return refuse(`${given} is set by Parbake itself`);
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(given)
      ? { ok: true, value: given }
      : refuse(`"${given}" is not the name of an environment variable`);
  },
};

/** A reference with its text, as it was written. */
export interface WrittenRef {
  text: string;
  ref: ImageRef;
}

export const imageReference: TextValue<WrittenRef> = {
  kind: 'text',
  type: 'image reference',
  pattern: imageRefPattern,
  parse(given) {
    const parsed = parseImageRef(given);
    return parsed.ok
      ? { ok: true, value: { text: given, ref: parsed.ref } }
      : refuse(`"${given}" is not an image reference: ${parsed.reason}`);
  },
};

export const digest = text(
  'digest',
  /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/,
  (given) => digestProblem(given) ?? `"${given}" is not a digest`,
);

export const platform = text(
  'platform',
  /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/,
  (given) => `"${given}" is not a platform such as linux/amd64 or linux/arm/v7`,
);

export const fileName = text('path', /^[^\0]+$/, (_, key) => `${key} is empty; name a file, or leave it out`);

/** Below the root, since Docker takes no other place for a mount. */
export const absolutePath = text(
  'absolute path',
  /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0:]+)+$/,
  (given, key) => `${key} must be an absolute path of a directory, not "${given}"`,
);

export const urlPath = text(
  'path',
  /^\/[\x21-\x7e]*$/,
  (_, key) => `${key} must begin with a slash and hold no blanks`,
);

export const regularExpression: TextValue<string> = {
  kind: 'text',
  type: 'regular expression',
  pattern: /^[^]+$/,
  parse: (given) =>
    isPattern(given) ? { ok: true, value: given } : refuse(`"${given}" is not a regular expression`),
};

export const restartPolicy: TextValue<RestartPolicy> = {
  kind: 'text',
  type: 'restart policy',
  pattern: /^(?:no|always|on-failure(?::[1-9][0-9]{0,3})?)$/,
  parse(given) {
    const policy = parseRestart(given);
    return policy === undefined
      ? refuse(`restart "${given}" is not one of no, on-failure, on-failure:N, always`)
      : { ok: true, value: policy };
  },
};

/** One of several words. */
export function choice<const T extends string>(words: readonly T[]): TextValue<T> {
  return {
    kind: 'text',
    type: words.map((word) => `\`${word}\``).join(', '),
    pattern: new RegExp(`^(?:${words.join('|')})$`),
    parse(given, key) {
      const value = words.find((word) => word === given);
      if (value !== undefined) return { ok: true, value };
      const near = nearest(given, words);
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      return refuse(`${key} "${given}" is not one of ${words.join(', ')}${hint}`);
    },
  };
}

/**
 * A duration as Compose writes it, or a number of seconds; in milliseconds. Docker and people count whole seconds, so
 * others are refused.
 */
export function duration(min: string, max: string): TextValue<number> {
  const [least, most] = [parseDuration(min) ?? 0, parseDuration(max) ?? 0];
  return {
    kind: 'text',
    type: `duration from ${min} to ${max}`,
    pattern: /^(?:[0-9]+|(?:[0-9]+(?:\.[0-9]+)?(?:us|ms|s|m|h))+)$/,
    numbers: { min: least / 1000, max: most / 1000 },
    parse(given, key) {
      const value = /^\d+$/.test(given) ? Number(given) * 1000 : parseDuration(given);
      if (value !== undefined && value >= least && value <= most && value % 1000 === 0)
        return { ok: true, value };
      return refuse(`${key} must be whole seconds from ${min} to ${max}, such as 90 or 1m30s`);
    },
  };
}

function text(
  type: string,
  pattern: RegExp,
  reason: (given: string, key: string) => string,
): TextValue<string> {
  return {
    kind: 'text',
    type,
    pattern,
    parse: (given, key) => (pattern.test(given) ? { ok: true, value: given } : refuse(reason(given, key))),
  };
}

function refuse<T>(reason: string): Parsed<T> {
  return { ok: false, reason };
}

function isPattern(given: string): boolean {
  try {
    return given !== '' && new RegExp(given, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
