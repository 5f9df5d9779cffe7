import { isIP } from 'node:net';
import { parseBytes } from './bytes.ts';
import { parseDuration } from './duration.ts';
import { digestProblem, imageRefPattern, parseImageRef, type ImageRef } from './image-ref.ts';
import { nearest } from '../errors/nearest.ts';
import { parseRestart } from './restart.ts';
import type { RestartPolicy, TmpfsMount, VolumeMount } from './role.ts';
import { shellWords } from './shell-words.ts';
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

/** A command line, or its words where it is given as a list. */
export const commandLine: TextValue<string[]> = {
  kind: 'text',
  type: 'command line',
  pattern: /\S/,
  parse(given, key) {
    const words = shellWords(given);
    if (words === undefined) return refuse(`${key} has a quote that is not closed`);
    return words.length === 0 ? refuse(`${key} is empty`) : { ok: true, value: words };
  },
};

export const argument = text('text', /^[^\0]*$/, (_, key) => `${key} has a NUL character`);

/** `NAME=value`, as in the list form of Compose's `environment`. */
export const assignment: TextValue<{ name: string; value: string }> = {
  kind: 'text',
  type: '`NAME=value`',
  pattern: /^(?!PARBAKE_)[A-Za-z_][A-Za-z0-9_]*=[^\0]*$/,
  parse(given, key) {
    const sign = given.indexOf('=');
    if (sign < 0) return refuse(`"${given}" has no value; write ${given}=value, or list it in user_env`);
    const name = variableName.parse(given.slice(0, sign), key);
    if (!name.ok) return name;
    const value = argument.parse(given.slice(sign + 1), key);
    return value.ok ? { ok: true, value: { name: name.value, value: value.value } } : value;
  },
};

/** The options of Docker that give a directory in memory no more rights. */
const tmpfsOption =
  /^(?:size=[0-9]+[kmg]?|mode=[0-7]{3,4}|uid=[0-9]+|gid=[0-9]+|nr_inodes=[0-9]+[kmg]?|ro|rw|noexec|exec|nosuid|nodev|noatime)$/;

export const tmpfsMount: TextValue<TmpfsMount> = {
  kind: 'text',
  type: '`/path[:options]`',
  pattern: /^(?:\/(?!\.{1,2}(?:\/|:|$))[^/\0:]+)+(?::[a-z0-9_=,]+)?$/,
  parse(given, key) {
    const [path = '', options = '', ...rest] = given.split(':');
    const parsed = absolutePath.parse(path, key);
    if (!parsed.ok) return parsed;
    const wrong = options === '' ? undefined : options.split(',').find((one) => !tmpfsOption.test(one));
    if (wrong !== undefined || rest.length > 0)
      return refuse(`${key} option "${wrong ?? rest[0] ?? ''}" is not one such as size=64m or mode=1777`);
    return { ok: true, value: { path, options } };
  },
};

export const volumeMount: TextValue<VolumeMount> = {
  kind: 'text',
  type: '`name:/path[:ro]`',
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?:(?:\/(?!\.{1,2}(?:\/|:|$))[^/\0:]+)+(?::r[ow])?$/,
  parse(given, key) {
    const [volume = '', path, access = 'rw', ...rest] = given.split(':');
    if (/^[./~]/.test(volume))
      return refuse(
        `"${given}" would mount a file of the instance or has no name; write name:/path, and bring files with "files"`,
      );
    const name = dnsLabel('volume').parse(volume, key);
    if (!name.ok) return name;
    if (path === undefined)
      return refuse(`"${given}" does not say where the volume appears; write ${volume}:/path`);
    const parsed = absolutePath.parse(path, `the path of volume ${volume}`);
    if (!parsed.ok) return parsed;
    if ((access !== 'ro' && access !== 'rw') || rest.length > 0)
      return refuse(`"${given}" has an option that is neither ro nor rw`);
    return { ok: true, value: { volume, path, ...(access === 'ro' ? { readOnly: true } : {}) } };
  },
};

/** Where ports are published: true for every address of the instance, false for nowhere, or one address. */
export const publication: TextValue<boolean | string> = {
  kind: 'text',
  type: '`true`, `false` or an IP address',
  booleans: true,
  pattern: /^(?:true|false|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/,
  parse(given, key) {
    if (given === 'true' || given === 'false') return { ok: true, value: given === 'true' };
    return isIP(given) === 0
      ? refuse(`${key} "${given}" is neither true, false nor an IP address`)
      : { ok: true, value: given };
  },
};

/** Written where a mapping may stand as well. */
export const yesOrNo: TextValue<boolean> = {
  kind: 'text',
  type: '`true` or `false`',
  booleans: true,
  pattern: /^(?:true|false)$/,
  parse(given, key) {
    if (given === 'true' || given === 'false') return { ok: true, value: given === 'true' };
    return refuse(`${key} must be true, false or a mapping`);
  },
};

/** A size as Compose writes it; in bytes. */
export function bytes(min: string, max: string): TextValue<number> {
  const [smallest, largest] = [parseBytes(min) ?? 0, parseBytes(max) ?? 0];
  return {
    kind: 'text',
    type: `size from ${min} to ${max}`,
    pattern: /^[0-9]+(?:\.[0-9]+)?(?:[bB]|[kKmMgG][bB]?)?$/,
    numbers: { min: smallest, max: largest, fractions: true },
    parse(given, key) {
      const value = parseBytes(given);
      if (value !== undefined && value >= smallest && value <= largest) return { ok: true, value };
      return refuse(`${key} must be a size from ${min} to ${max}, such as 512m`);
    },
  };
}

/** A number that may have a fraction. */
export function decimal(min: number, max: number): TextValue<number> {
  return {
    kind: 'text',
    type: `number from ${min} to ${max}`,
    pattern: /^[0-9]+(?:\.[0-9]+)?$/,
    numbers: { min, max, fractions: true },
    parse(given, key) {
      const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : NaN;
      return value >= min && value <= max
        ? { ok: true, value }
        : refuse(`${key} must be a number from ${min} to ${max}`);
    },
  };
}

/** A whole number that may be in quotes, as Compose has those in a log's options. */
export function wholeNumber(min: number, max: number): TextValue<number> {
  return {
    kind: 'text',
    type: `whole number, ${min} to ${max}`,
    pattern: /^[0-9]+$/,
    numbers: { min, max },
    parse(given, key) {
      const value = /^\d+$/.test(given) ? Number(given) : NaN;
      return value >= min && value <= max
        ? { ok: true, value }
        : refuse(`${key} must be a whole number from ${min} to ${max}`);
    },
  };
}

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
