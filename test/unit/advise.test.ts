import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { adviceText } from '../../coordinator/cli/advise-text.ts';
import {
  advise,
  type AdvisedInstance,
  type AdvisedLayer,
  type AdvisedPull,
} from '../../coordinator/insight/advise.ts';
import { recipePatch } from '../../coordinator/insight/recipe-patch.ts';

const gib = 1024 ** 3;
const day = 86_400_000;
const nowMs = 100 * day;
const options = { nowMs, unusedMs: 30 * day, windowMs: 7 * day };

/** A layer of one GiB for each second of work, unless it was there already. */
const aLayer = (name: string, seconds = 1): AdvisedLayer => ({
  digest: `sha256:${name.padEnd(64, '0')}`,
  cached: false,
  sizeBytes: seconds * gib,
  downloadMs: seconds * 600,
  extractMs: seconds * 400,
});

const aPull = (ref: string, layers: AdvisedLayer[], change: Partial<AdvisedPull> = {}): AdvisedPull => ({
  ref,
  digest: `sha256:${ref}`,
  layers,
  startMs: nowMs - day,
  atBake: false,
  sizeBytes: layers.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0),
  pullMs: layers.reduce((sum, { downloadMs = 0, extractMs = 0 }) => sum + downloadMs + extractMs, 0),
  ...change,
});

const anInstance = (instanceId: string, ...pulls: AdvisedPull[]): AdvisedInstance => ({
  instanceId,
  pulls,
  starts: [],
});

test('the image whose pulls cost the most time for its room comes first, and shared layers count once', () => {
  const base = aLayer('ba5e', 2);
  const cached: AdvisedLayer = { digest: base.digest, cached: true };
  const one = aPull('one:1', [base, aLayer('01')]);
  const two = aPull('two:1', [cached, aLayer('02')], { sizeBytes: 3 * gib });
  const instances = [anInstance('i-1', one, two), anInstance('i-2', one), anInstance('i-3', one)];
  const { bake, savedMs } = advise(instances, options);
  expect(bake.map(({ ref, instances: n, pulls, savedMs: ms }) => [ref, n, pulls, ms])).toEqual([
    ['one:1', 3, 3, 9000],
    ['two:1', 1, 1, 1000],
  ]);
  expect(bake[0]).toMatchObject({ addedBytes: 3 * gib, msPerGib: 3000, fits: true });
  expect(bake[0]?.layers.map(({ digest, savedMs: ms, sharedWith }) => [digest, ms, sharedWith])).toEqual([
    [base.digest, 6000, ['two:1']],
    [aLayer('01').digest, 3000, []],
  ]);
  // The base is there by then.
  expect(bake[1]?.layers.map(({ digest }) => digest)).toEqual([aLayer('02').digest]);
  expect(savedMs).toBe(10_000);
});

test('a layer that is baked already adds nothing, also when the Engine tells a short id only', () => {
  const baked = aPull('base:1', [aLayer('abcdefabcdef')], { atBake: true });
  const short = { ...aLayer('x'), digest: 'abcdefabcdef' };
  const { bake } = advise([anInstance('i-1', baked, aPull('app:1', [short, aLayer('02')]))], options);
  expect(bake.map(({ ref, addedBytes }) => [ref, addedBytes])).toEqual([['app:1', gib]]);
});

test('within a budget smaller images are taken where the best does not fit', () => {
  const big = aPull('big:1', [aLayer('b1', 4)], { pullMs: 40_000 });
  const small = aPull('small:1', [aLayer('51')]);
  const { bake, savedMs } = advise([anInstance('i-1', big, small)], { ...options, budgetBytes: 2 * gib });
  expect(bake.map(({ ref, fits }) => [ref, fits])).toEqual([
    ['small:1', true],
    ['big:1', false],
  ]);
  expect(savedMs).toBe(1000);
});

test('what is baked tells its age, and what nobody started for so long is unused', () => {
  const old = aPull('old:1', [], { atBake: true, startMs: nowMs - 50 * day });
  const used = aPull('used:1', [], { atBake: true, startMs: nowMs - 40 * day });
  const fresh = aPull('fresh:1', [], { atBake: true, startMs: nowMs - day });
  const again = { ...used, startMs: nowMs - 2 * day };
  const starts = [{ image: 'used:1', startMs: nowMs - day }];
  const advice = advise(
    [{ ...anInstance('i-1', old, used), starts }, anInstance('i-2', again, fresh)],
    options,
  );
  expect(advice.baked).toEqual([
    expect.objectContaining({ ref: 'old:1', bakedMs: nowMs - 50 * day, isUnused: true }),
    expect.objectContaining({
      ref: 'used:1',
      bakedMs: nowMs - 2 * day,
      isUnused: false,
      lastUsedMs: nowMs - day,
    }),
    expect.objectContaining({ ref: 'fresh:1', isUnused: false }),
  ]);
  const text = adviceText(advice, { nowMs, days: 30, instances: 2, patch: undefined });
  expect(text).toContain('none pulled an image for itself');
  expect(text).toMatch(/old:1 +0 B +50 days ago +never +unused for 30 days/);
  expect(text).toContain('goes back 24 h only');
});

test('older pulls are out of the window, and ten thousand layers are no trouble', () => {
  const old = aPull('old:1', [aLayer('01')], { startMs: nowMs - 8 * day });
  const layers = Array.from({ length: 10_000 }, (_, i) => aLayer(i.toString(16).padStart(12, '0')));
  const advice = advise([anInstance('i-1', old, aPull('\u001bbig:1', layers))], options);
  expect(advice.bake.map(({ ref }) => ref)).toEqual(['\u001bbig:1']);
  const text = adviceText(advice, { nowMs, days: 30, instances: 1, patch: undefined });
  expect(text).toContain('… and 9995 more layers');
  expect(text).not.toContain('\u001b');
});

const recipe = `apiVersion: parbake/v1
images:
  - redis:7.4
  # left out for now
  - ref: \${REGISTRY}/acme/app:\${VERSION}
    bake: false
    platform: linux/amd64
  - { ref: acme/flow:1, bake: false, platform: linux/amd64 }
  - bake: false
    ref: acme/first:1
roles: {}
`;

test.each([
  ['an entry', ['r.io:5000/acme/app:2.0'], recipe.replace('    bake: false\n    platform', '    platform')],
  ['an entry in braces', ['acme/flow:1'], recipe.replace('bake: false, ', '')],
  ['an entry that begins with it', ['acme/first:1'], recipe.replace('- bake: false\n    ref', '- ref')],
  [
    'two of them',
    ['r.io/acme/app:1', 'acme/first:1'],
    recipe
      .replace('    bake: false\n    platform', '    platform')
      .replace('- bake: false\n    ref', '- ref'),
  ],
])('a patch bakes %s, and "patch" takes it', (_, refs, expected) => {
  expect(patched(recipe, refs)).toBe(expected);
});

test('a recipe without its last line break is patched, and one that bakes it already is left', () => {
  expect(patched('images:\n- bake: false\n  ref: b:1', ['b:1'])).toBe('images:\n- ref: b:1');
  expect(recipePatch(recipe, 'r.yaml', ['redis:7.4'])).toBe('');
  expect(() => recipePatch('images: 1', 'r.yaml', ['a:1'])).toThrow('r.yaml:1:9: images must be a list');
});

const otherFile = '\n--- a/other\n+++ b/other\n@@ -1 +1 @@\n-old\n+owned\n';

test.each([
  ['with a diff of another file in it', `acme/flow:1${otherFile}`],
  ['with a line break that a variable would match', `r.io/acme/app:1\n+owned`],
  ['with a carriage return', 'acme/flow:1\rowned'],
  ['with an escape sequence', 'acme/flow:1\u001b[31m'],
  ['that a variable would match but is not a reference', 'r.io;owned/acme/app:1'],
  ['that the recipe does not leave to instances', 'evil.example/miner:1'],
])('finding 5: a reported reference %s changes nothing', (_, ref) => {
  expect(recipePatch(recipe, 'r.yaml', [ref])).toBe('');
});

test('finding 5: whatever instances report, a patch only removes `bake: false` from the recipe', () => {
  const anyRef = oneof(
    string({ unit: 'binary' }),
    constantFrom('acme/flow:1', 'r.io/acme/app:1', 'acme/first:1'),
    string({ unit: 'binary' }).map((tail) => `acme/flow:1${tail}`),
  );
  assert(
    property(array(anyRef), (refs) => {
      const patch = recipePatch(recipe, 'r.yaml', refs);
      const added = patch.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++'));
      const words = added.flatMap((line) => line.slice(1).match(/[^\s,{}]+/g) ?? []);
      expect(words.every((word) => recipe.includes(word))).toBe(true);
      expect(patch).not.toMatch(/[^\P{Cc}\n]/u);
      expect(patch.match(/^(---|\+\+\+) /gm) ?? []).toHaveLength(patch === '' ? 0 : 2);
    }),
  );
});

test('finding 5: a recipe whose name has control characters is refused', () => {
  expect(() => recipePatch(recipe, `r.yaml${otherFile}`, ['acme/flow:1'])).toThrow('control characters');
});

test.each([1, 2, 3, 7, 8, 20, 40])('of a long recipe, every entry in %i is baked', (every) => {
  const recipeOf = (isLeft: (index: number) => boolean): string =>
    `images:\n${Array.from({ length: 41 }, (_, i) => `  - ref: a:${i}\n${isLeft(i) ? '    bake: false\n' : ''}`).join('')}`;
  const refs = Array.from({ length: 41 }, (_, i) => i)
    .filter((i) => i % every === 0)
    .map((i) => `a:${i}`);
  expect(
    patched(
      recipeOf((i) => i % every === 0),
      refs,
    ),
  ).toBe(recipeOf(() => false));
});

/** Through the real program. */
function patched(text: string, refs: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-patch-'));
  try {
    writeFileSync(join(directory, 'r.yaml'), text);
    execFileSync('git', ['apply', '-p1', '-'], { cwd: directory, input: recipePatch(text, 'r.yaml', refs) });
    return readFileSync(join(directory, 'r.yaml'), 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
