import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  digestProblem,
  familiarName,
  formatRef,
  fullName,
  impliedTag,
  isFloating,
  localName,
  parseImageRef,
  type ImageRef,
} from '../../proto/recipe/image-ref.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

function parse(text: string): ImageRef {
  const parsed = parseImageRef(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.ref;
}

describe('parseImageRef', () => {
  test.each([
    ['redis', 'docker.io/library/redis', 'redis', 'latest'],
    ['redis:7.4', 'docker.io/library/redis', 'redis', '7.4'],
    ['google/cadvisor:v0.33.0', 'docker.io/google/cadvisor', 'google/cadvisor', 'v0.33.0'],
    ['docker.io/redis', 'docker.io/library/redis', 'redis', 'latest'],
    ['index.docker.io/library/redis', 'docker.io/library/redis', 'redis', 'latest'],
    ['docker.io/library/a/b:1', 'docker.io/library/a/b', 'library/a/b', '1'],
    ['localhost/app:1', 'localhost/app', 'localhost/app', '1'],
    ['localhost:5000/app', 'localhost:5000/app', 'localhost:5000/app', 'latest'],
    ['127.0.0.1:5000/a/b/c:x_y.Z-1', '127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c', 'x_y.Z-1'],
    ['[::1]:5000/app', '[::1]:5000/app', '[::1]:5000/app', 'latest'],
    ['Registry/app', 'Registry/app', 'Registry/app', 'latest'],
    ['a--b/c__d.e_f', 'docker.io/a--b/c__d.e_f', 'a--b/c__d.e_f', 'latest'],
    [`registry.example.com/app@${digest}`, 'registry.example.com/app', 'registry.example.com/app', undefined],
    [`app:1@${digest}`, 'docker.io/library/app', 'app', '1'],
  ])('%s', (text, full, familiar, tag) => {
    const ref = parse(text);
    expect([fullName(ref), familiarName(ref), impliedTag(ref)]).toEqual([full, familiar, tag]);
  });

  test.each([
    ['', 'empty'],
    [':1', 'no repository name'],
    ['example.com/', 'no repository name'],
    ['app:', 'not a tag'],
    ['app:-1', 'not a tag'],
    [`app:${'x'.repeat(129)}`, 'not a tag'],
    ['App', 'lower-case'],
    ['a//b', 'empty'],
    ['/app', 'empty'],
    ['a..b', 'legal part'],
    ['a___b', 'legal part'],
    ['-a', 'legal part'],
    ['a b', 'legal part'],
    ['-x.example.com/app', 'registry host'],
    ['example.com:port/app', 'registry host'],
    ['http://example.com/app', 'registry host'],
    [`example.com/${'a'.repeat(250)}`, 'longer than 255'],
    ['ab'.repeat(32), 'image id'],
    ['app@', 'not a digest'],
    ['app@sha256:12', 'not a digest'],
    [`app@sha256:${'AB'.repeat(32)}`, 'lower-case hex'],
    [`app@sha256:${'a'.repeat(63)}`, '64'],
    [`app@md5:${'a'.repeat(32)}`, 'not a known digest algorithm'],
    [`app@${digest}@${digest}`, 'not a digest'],
  ])('refuses %j', (text, reason) => {
    const parsed = parseImageRef(text);
    expect(parsed.ok ? 'accepted' : parsed.reason).toContain(reason);
  });

  test('finds nothing wrong with a digest of each length', () => {
    expect(digestProblem(digest)).toBeUndefined();
    expect(digestProblem(`sha512:${'0'.repeat(128)}`)).toBeUndefined();
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const domain = fc.oneof(
  fc.constant('docker.io'),
  fc.stringMatching(/^[a-z][a-z0-9]{0,5}\.[a-z]{2,4}(?::[0-9]{1,5})?$/),
);
const reference = fc
  .record(
    {
      domain,
      path: fc.array(component, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/')),
      tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
      digest: fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`),
    },
    { requiredKeys: ['domain', 'path'] },
  )
  .filter((ref) => ref.domain !== 'index.docker.io');

describe('properties', () => {
  test('what is written in full is read back the same', () => {
    fc.assert(
      fc.property(reference, (ref) => {
        expect(parse(formatRef(ref))).toEqual(ref);
      }),
    );
  });

  test('the familiar name means the same repository', () => {
    fc.assert(
      fc.property(reference, (ref) => {
        expect(fullName(parse(familiarName(ref)))).toBe(fullName(ref));
      }),
    );
  });

  test('the local name is found under itself', () => {
    fc.assert(
      fc.property(reference, (ref) => {
        expect(localName(parse(localName(ref)))).toBe(localName(ref));
      }),
    );
  });

  test('any text is either read or refused with a reason', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseImageRef(text);
        // An illegal text must give a reason; a legal one must survive being written in full.
        const again = parsed.ok ? parseImageRef(formatRef(parsed.ref)) : parsed;
        expect(again).toEqual(parsed);
        expect(parsed).not.toMatchObject({ reason: '' });
      }),
    );
  });
});

test.each([
  ['redis', true],
  ['redis:latest', true],
  ['redis:7', false],
  [`redis@${digest}`, false],
  [`redis:latest@${digest}`, false],
])('%s floats: %s', (text, expected) => {
  expect(isFloating(parse(text))).toBe(expected);
});
