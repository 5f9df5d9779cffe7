import type { TextValue } from '../recipe/value.ts';

/** A text that has a form. @param wrong says what a text is not */
function formed<T>(type: string, pattern: RegExp, wrong: string, parse: (text: string) => T): TextValue<T> {
  return {
    kind: 'text',
    type,
    pattern,
    parse: (text, key) =>
      pattern.test(text)
        ? { ok: true, value: parse(text) }
        : { ok: false, reason: `${key}: "${text}" is not ${wrong}` },
  };
}

const same = (text: string): string => text;

export const imageId = formed(
  'machine image',
  /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/,
  'a machine image such as ami-0123456789abcdef0, or a channel',
  same,
);
export const subnetId = formed(
  'subnet',
  /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
  'a subnet such as subnet-0123456789abcdef0',
  same,
);
export const securityGroupId = formed(
  'security group',
  /^sg-[0-9a-f]{1,32}$/,
  'a security group such as sg-0123456789abcdef0',
  same,
);
export const instanceType = formed(
  'instance type',
  /^[a-z0-9][a-z0-9.-]{0,31}$/,
  'an instance type such as m7i.large',
  same,
);
export const profileName = formed('name', /^[\w+=,.@-]{1,128}$/, 'the name of an instance profile', same);
export const deviceName = formed('device', /^\/dev\/[a-z0-9]{1,32}$/, 'a device such as /dev/xvda', same);
export const volumeType = formed('volume type', /^[a-z0-9]{1,16}$/, 'a volume type such as gp3', same);
export const tagKey = formed(
  'tag',
  /^(?!parbake:|aws:)[\w .:/=+@-]{1,128}$/i,
  'a tag of yours: up to 128 characters, and none of parbake: and aws:',
  same,
);
export const tagValue = formed('text', /^[^\0]{0,256}$/, 'a text of at most 256 characters', same);
export const timeZone = formed(
  'time zone',
  /^[A-Za-z0-9_+/-]{1,64}$/,
  'a time zone such as Europe/Berlin',
  same,
);

/** A part of something, 0 to 1. */
export const share: TextValue<number> = formed(
  'percentage',
  /^(?:100|\d{1,2}(?:\.\d+)?)%$/,
  'a percentage from 0% to 100%',
  (text) => Number(text.slice(0, -1)) / 100,
);

/** Minutes after midnight. */
export const timeOfDay: TextValue<number> = formed(
  'time of day',
  /^(?:[01]\d|2[0-3]):[0-5]\d$/,
  'a time of day from 00:00 to 23:59',
  (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)),
);
