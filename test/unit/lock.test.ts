import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { defined } from '../../proto/errors/defined.ts';
import { parseImageRef } from '../../proto/recipe/image-ref.ts';
import {
  formatLock,
  lockDifferences,
  lockedImage,
  lockName,
  parseLock,
  type Lock,
} from '../../agent/core/image/lock.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { RecipeImage } from '../../proto/recipe/images.ts';

const hex = (letter: string): string => `sha256:${letter.repeat(64)}`;

function anImage(ref: string, digest?: string): RecipeImage {
  const parsed = parseImageRef(ref);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { ref, image: parsed.ref, ...defined({ digest }) };
}

function aLock(...entries: [string, string][]): Lock {
  const platforms = new Map([['linux/amd64', { digest: hex('d'), config: hex('e') }]]);
  return { images: new Map(entries.map(([name, digest]) => [name, { digest, platforms }])) };
}

const digests = fc.stringMatching(/^[0-9a-f]{64}$/).map((text) => `sha256:${text}`);
const platformNames = fc.constantFrom('linux/amd64', 'linux/arm64', 'linux/arm/v7');
const locks = fc
  .array(
    fc.tuple(
      fc.string(),
      fc.record({
        digest: digests,
        platforms: fc
          .array(fc.tuple(platformNames, fc.record({ digest: digests, config: digests })))
          .map((list) => new Map(list)),
      }),
    ),
  )
  .map((entries): Lock => ({ images: new Map(entries.filter(([name]) => name !== '__proto__')) }));

test('what is written is read, and read and written again is the same text', () => {
  fc.assert(
    fc.property(locks, (lock) => {
      const text = formatLock(lock);
      const read = parseLock(text, 'parbake.lock');
      expect(read).toEqual(lock);
      expect(formatLock(read)).toBe(text);
    }),
  );
});

test('any one sign changed is refused, or is another lock: never the same', () => {
  const text = formatLock(aLock(['docker.io/library/redis:7', hex('a')]));
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('x', '0', '"', ' ', ''), (at, sign) => {
      const changed = text.slice(0, at) + sign + text.slice(at + 1);
      if (JSON.stringify(tryJson(changed)) === JSON.stringify(JSON.parse(text))) return;
      expect(rewritten(changed)).not.toBe(text);
    }),
  );
});

test.each([
  ['<<<<<<< HEAD\n{}', 'marks of a merge'],
  ['', 'it is not JSON'],
  ['[]', 'the lock must be a mapping'],
  ['{"lockVersion":2,"images":{}}', 'lockVersion 2 is not known'],
  ['{"lockVersion":1,"image":{}}', 'did you mean "images"?'],
  ['{"lockVersion":1}', 'images must be a mapping'],
  ['{"lockVersion":1,"images":{"a":{"digest":"sha256:1","platforms":{}}}}', 'digest of a: '],
  [`{"lockVersion":1,"images":{"a":{"digest":"${hex('a')}","platforms":{"x":{}}}}}`, '"x" is not a platform'],
  [
    `{"lockVersion":1,"images":{"a":{"digest":"${hex('a')}","platforms":{"linux/arm64":{"digest":7}}}}}`,
    'digest of a for linux/arm64 must be a text',
  ],
])('%s is refused', (text, message) => {
  expect(() => parseLock(text, 'parbake.lock')).toThrow(message);
});

test.each([
  ['redis', 'docker.io/library/redis:latest'],
  ['redis:7', 'docker.io/library/redis:7'],
  [`r.example.com/a:1@${hex('a')}`, 'r.example.com/a:1'],
  [`r.example.com/a@${hex('a')}`, `r.example.com/a@${hex('a')}`],
])('%s is called %s', (ref, name) => {
  expect(lockName(anImage(ref))).toBe(name);
});

test('an entry holds until the recipe pins another digest', () => {
  const lock = aLock(['docker.io/library/redis:7', hex('a')]);
  expect(lockedImage(lock, anImage('redis:7'))?.digest).toBe(hex('a'));
  expect(lockedImage(lock, anImage('redis:7', hex('a')))?.digest).toBe(hex('a'));
  expect(lockedImage(lock, anImage('redis:7', hex('b')))).toBeUndefined();
  expect(lockedImage(lock, anImage('redis:8'))).toBeUndefined();
});

test('says in words what does not belong together', () => {
  const lock = aLock(['docker.io/library/redis:7', hex('a')], ['docker.io/library/old:1', hex('b')]);
  const amd64 = (): string => 'linux/amd64';
  expect(
    lockDifferences(aLock(['docker.io/library/redis:7', hex('a')]), [anImage('redis:7')], amd64),
  ).toEqual([]);
  expect(lockDifferences(lock, [anImage('redis:7', hex('c')), anImage('new:1')], amd64)).toEqual([
    `docker.io/library/redis:7 is ${hex('a')} in it, and the recipe pins ${hex('c')}`,
    'docker.io/library/new:1 is not in it',
    'docker.io/library/old:1 is in it, and not in the recipe',
  ]);
  expect(
    lockDifferences(
      aLock(['docker.io/library/redis:7', hex('a')]),
      [anImage('redis:7')],
      () => 'linux/arm64',
    ),
  ).toEqual(['docker.io/library/redis:7 is not in it for linux/arm64']);
});

/** A lock read and written again, or the code that it is refused with. */
function rewritten(text: string): string {
  try {
    return formatLock(parseLock(text, 'parbake.lock'));
  } catch (cause) {
    if (cause instanceof ParbakeError && cause.code === 'LOCK_INVALID') return cause.code;
    throw cause;
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
