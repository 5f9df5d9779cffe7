import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MergedFiles, type LayerEntry, type LowerLinks } from '../../agent/core/image/merged-files.ts';

/** A directory ends with a slash, `->` and `=>` lead to the targets of symbolic and hard links, `@` is a device. */
function entryOf([path, content]: [string, string]): LayerEntry {
  if (path.endsWith('/')) return { path, type: 'directory' };
  if (content.startsWith('->')) return { path, type: 'symlink', target: content.slice(2) };
  if (content.startsWith('=>')) return { path, type: 'hardlink', target: content.slice(2) };
  return content === '@' ? { path, type: 'other' } : { path, type: 'file', sha256: content };
}

function merged(lowerLinks: LowerLinks, ...layers: Record<string, string>[]): Record<string, string> {
  const files = new MergedFiles(lowerLinks);
  for (const layer of layers) files.add(Object.entries(layer).map(entryOf));
  return Object.fromEntries(files.files());
}

describe.each(['followed', 'replaced'] as const)(
  'B5: files that a container sees, lower links %s',
  (links) => {
    const cases: [string, Record<string, string>[], Record<string, string>][] = [
      ['those of the uppermost layer that has them', [{ a: '1', b: '1' }, { a: '2' }], { a: '2', b: '1' }],
      ['no file that a layer above removes', [{ 'a/b': '1', 'a/c': '1' }, { 'a/.wh.b': '' }], { 'a/c': '1' }],
      ['no directory that a layer above removes', [{ 'a/b/c': '1', ab: '1' }, { '.wh.a': '' }], { ab: '1' }],
      ['what comes with a whiteout of the same name', [{ a: '1' }, { '.wh.a': '', a: '2' }], { a: '2' }],
      ['what comes before its whiteout', [{ 'd/a': '1' }, { 'd/b': '2', '.wh.d': '' }], { 'd/b': '2' }],
      [
        'what comes with an opaque mark',
        [{ 'a/b': '1' }, { 'a/c': '2', 'a/.wh..wh..opq': '' }],
        { 'a/c': '2' },
      ],
      [
        'an opaque root',
        [
          { 'a/b': '1', c: '1' },
          { '.wh..wh..opq': '', 'a/d': '2' },
        ],
        { 'a/d': '2' },
      ],
      ['a file in the place of a directory', [{ 'a/b': '1' }, { a: '2' }], { a: '2' }],
      ['a device in the place of a directory', [{ 'a/b': '1' }, { a: '@' }], {}],
      ['a directory in the place of a file', [{ a: '1' }, { 'a/b': '2' }], { 'a/b': '2' }],
      ['a directory that is named again', [{ 'a/b': '1' }, { 'a/': '' }], { 'a/b': '1' }],
      [
        'a directory in the place of a link',
        [
          { 'b/x': '1', a: '->b' },
          { 'a/': '', 'a/c': '2' },
        ],
        { 'b/x': '1', 'a/c': '2' },
      ],
      ['a path through a link of its own layer', [{ lib: '->usr/lib', 'lib/a': '1' }], { 'usr/lib/a': '1' }],
      ['a path through an absolute link', [{ 'x/lib': '->/usr/lib', 'x/lib/a': '1' }], { 'usr/lib/a': '1' }],
      ['a path through a link that leads up', [{ 'x/l': '->../../../y', 'x/l/a': '1' }], { 'y/a': '1' }],
      ['a path through several links', [{ a: '->b', b: '->c/./', 'a/f': '1' }], { 'c/f': '1' }],
      ['nothing behind links in a circle', [{ a: '->b', b: '->a', 'a/f': '1', g: '1' }], { g: '1' }],
      ['a hard link', [{ a: '1', b: '=>a', 'c/d': '=>./a' }], { a: '1', b: '1', 'c/d': '1' }],
      ['a hard link through a symbolic one', [{ l: '->u', 'u/a': '1', b: '=>l/a' }], { 'u/a': '1', b: '1' }],
      [
        'a hard link to a file below, which changes later',
        [{ a: '1' }, { b: '=>a' }, { a: '2' }],
        { a: '2', b: '1' },
      ],
      ['the last of two entries for one place', [{ l: '->u', 'l/a': '1', 'u/a': '2' }], { 'u/a': '2' }],
      [
        'paths that are written in other ways',
        [{ './a//b': '1', './': '', 'a/./c': '2' }],
        { 'a/b': '1', 'a/c': '2' },
      ],
      ['no marks of AUFS', [{ '.wh..wh.aufs': '1', '.wh..wh.plnk/12.34': '1', a: '1' }], { a: '1' }],
    ];
    test.each(cases)('are %s', (_, layers, wanted) => {
      expect(merged(links, ...layers)).toEqual(wanted);
    });
  },
);

test('B5: a path through a link of a lower layer is where the Engine puts it', () => {
  const layers = [{ 'usr/lib/a': '1', lib: '->usr/lib' }, { 'lib/b': '2' }];
  expect(merged('followed', ...layers)).toEqual({ 'usr/lib/a': '1', 'usr/lib/b': '2' });
  expect(merged('replaced', ...layers)).toEqual({ 'usr/lib/a': '1', 'lib/b': '2' });
});

test('B5: where a file goes does not depend on how its path is written', () => {
  const names = [
    'a',
    'b',
    'a/b',
    'a/c',
    'a/b/c',
    'l/a',
    'l/b',
    'l',
    '.wh.a',
    'a/.wh.b',
    'a/.wh..wh..opq',
    'a/',
    'b/',
  ];
  const contents = constantFrom('1', '2', '3', '->a', '->b', '=>a/b', '@');
  const layer = array(tuple(constantFrom(...names), contents), { maxLength: 12 });
  assert(
    property(constantFrom('followed', 'replaced'), array(layer, { maxLength: 4 }), (links, layers) => {
      const [plain, dotted] = [new MergedFiles(links), new MergedFiles(links)];
      for (const entries of layers) {
        plain.add(entries.map(entryOf));
        dotted.add(entries.map(([path, content]) => entryOf([`./${path}`, content])));
      }
      expect(Object.fromEntries(plain.files())).toEqual(Object.fromEntries(dotted.files()));
    }),
    { numRuns: 500 },
  );
});
